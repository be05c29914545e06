import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../process/project-root.js';

/** What stands in backticks in a column, counted from 1, of the first table below a heading of docs/operations-guide.md. */
export function guideColumn(heading: string, column: number): string[] {
  const guide = readFileSync(join(projectRoot, 'docs/operations-guide.md'), 'utf8');
  const part = guide.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const [table = ''] = /^(\|.*\n)+/m.exec(part) ?? [];
  return table
    .split('\n')
    .flatMap((row) => [...(row.split('|')[column] ?? '').matchAll(/`([^`]+)`/g)])
    .map(([, text = '']) => text);
}
