import type { SelfTestResult } from '../../../features/backups/self-test/self-test-result.js';

/** For the terminal: a line for each check. */
export function selfTestReport({ isPassed, backup, seconds, checks }: SelfTestResult, label: string): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(
    ({ name, isPassed: isFine, detail }) =>
      `  ${isFine ? 'ok    ' : 'FAILED'}  ${name.padEnd(width)}  ${detail}`,
  );
  const of = backup === null ? `the backups in ${label}` : `backup ${backup} in ${label}`;
  const verdict = isPassed ? 'passed' : 'FAILED';
  return `self-test of ${of}: ${verdict}, in ${seconds} s\n${lines.join('\n')}\n`;
}
