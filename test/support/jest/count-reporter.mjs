/** Ends the run with one plain line that a machine can read, after everything else that Jest prints. */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    // A suite that does not even load has no failed test in it, and is a failure all the same.
    const failed = results.numFailedTests + results.testResults.filter((suite) => suite.testExecError).length;
    const skipped = results.numPendingTests > 0 ? `, ${results.numPendingTests} skipped` : '';
    process.on('exit', () =>
      process.stdout.write(`${results.numPassedTests} passed, ${failed} failed${skipped}\n`),
    );
  }
}
