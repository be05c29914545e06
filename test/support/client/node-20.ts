import { execFileSync } from 'node:child_process';
import { delimiter, join, sep } from 'node:path';
import { it } from '@jest/globals';

/** Where the oldest Node that the client supports is on PATH, or null. That of the packages is the one which runs the tests. */
export const node20 =
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.split(sep).includes('node_modules'))
    .map((folder) => join(folder, 'node'))
    .find((path) => versionOf(path).startsWith('v20.')) ?? null;

function versionOf(path: string): string {
  try {
    return execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

/** A test that is skipped on a machine without Node 20; its title says so. */
export const itInNode20 = (title: string, test: (program: string) => Promise<void>): void => {
  if (node20 === null) it.skip(`${title} (no Node 20 is on PATH outside of node_modules)`, () => undefined);
  else it(title, () => test(node20));
};
