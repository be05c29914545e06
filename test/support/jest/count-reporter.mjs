const endsAfterMs = 20_000;

/** Ends the run with one plain line that a machine can read, after everything else that Jest prints. */
export default class CountReporter {
  /** A process that a spec has left behind can hold a pipe of a worker open, and Jest would wait for it for ever. */
  #endsAnyway(results) {
    setTimeout(() => {
      process.stdout.write('the tests are over, and something of them is still open: ended all the same\n');
      process.exit(results.success ? 0 : 1);
    }, endsAfterMs).unref();
  }

  onRunComplete(_contexts, results) {
    // A suite that does not even load has no failed test in it, and is a failure all the same.
    const failed = results.numFailedTests + results.testResults.filter((suite) => suite.testExecError).length;
    const skipped = results.numPendingTests > 0 ? `, ${results.numPendingTests} skipped` : '';
    this.#endsAnyway(results);
    process.on('exit', () =>
      process.stdout.write(`${results.numPassedTests} passed, ${failed} failed${skipped}\n`),
    );
  }
}
