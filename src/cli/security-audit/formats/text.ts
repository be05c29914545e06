import { headLines, remedyOf, tallyText, titleOf, words, type Report } from '../report.js';

const nameOf = (line: number | string): string => (typeof line === 'number' ? `line ${String(line)}` : line);

/** For a terminal. */
export function toText(report: Report): string {
  const lines = [...headLines(report), ''];
  for (const { document, title, priority, lines: found } of report.sections) {
    lines.push(`${document}: ${title} (${priority})`);
    for (const { line, status, results } of found) {
      lines.push(`  ${words[status].padEnd(14)} ${nameOf(line)}`);
      for (const result of results)
        lines.push(
          `    ${results.length > 1 ? `${words[result.status]}: ` : ''}${titleOf(result)}: ${result.evidence}`,
        );
    }
    lines.push('');
  }
  if (report.failed.length > 0) lines.push('What to do:');
  for (const result of report.failed) lines.push(`  ${result.id}: ${remedyOf(result)}`);
  lines.push('', tallyText(report), '');
  return lines.join('\n');
}
