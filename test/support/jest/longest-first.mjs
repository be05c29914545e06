// Starts the specs that take longest first, so that none of them runs alone at the end while the other workers idle.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

const { seconds } = JSON.parse(readFileSync(new URL('./seconds.json', import.meta.url), 'utf8'));
const root = new URL('../../..', import.meta.url).pathname;

export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const weightOf = ({ path }) => seconds[relative(root, path)] ?? 0;
    const names = new Set(tests.map(({ path }) => relative(root, path)));
    const gone = Object.keys(seconds).filter((name) => !names.has(name));
    // A run of everything knows every spec; a run of some does not.
    if (tests.length > Object.keys(seconds).length && gone.length > 0)
      throw new Error(`test/support/jest/seconds.json names specs that are gone: ${gone.join(', ')}`);
    return [...tests].sort(
      (one, other) => weightOf(other) - weightOf(one) || (one.path < other.path ? -1 : 1),
    );
  }
}
