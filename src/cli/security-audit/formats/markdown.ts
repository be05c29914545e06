import { headLines, remedyOf, tallyText, titleOf, words, type Report } from '../report.js';

/** What an answer said must not become markup of the report. */
const escaped = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>|#!~&]/g, (letter) => `\\${letter}`).replace(/\s+/g, ' ');

export function toMarkdown(report: Report): string {
  const [title = '', ...head] = headLines(report);
  const lines = [
    `# ${escaped(title)}`,
    '',
    ...head.map((line) => `- ${escaped(line)}`),
    '',
    escaped(tallyText(report)),
    '',
  ];
  for (const { document, title: section, priority, lines: found } of report.sections) {
    lines.push(
      `## ${document}: ${section} (${priority})`,
      '',
      '| line | result | control | evidence |',
      '| ---: | --- | --- | --- |',
    );
    for (const { line, results } of found)
      for (const result of results)
        lines.push(
          `| ${String(line)} | ${words[result.status]} | ${escaped(titleOf(result))} | ${escaped(result.evidence)} |`,
        );
    lines.push('');
  }
  if (report.failed.length > 0) lines.push('## What to do', '');
  for (const result of report.failed)
    lines.push(`- ${escaped(titleOf(result))}: ${escaped(remedyOf(result))}`);
  return `${lines.join('\n').trimEnd()}\n`;
}
