// Starts the specs that take longest first, so that none of them runs alone at the end while the other workers idle. Before them
// come those that share a service (test/support/services/shared-service.ts), which is ended after them.
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
    const isSharing = new Map(
      tests.map(({ path }) => [path, readFileSync(path, 'utf8').includes('sharedService(')]),
    );
    return [...tests].sort(
      (one, other) =>
        Number(isSharing.get(other.path)) - Number(isSharing.get(one.path)) ||
        weightOf(other) - weightOf(one) ||
        (one.path < other.path ? -1 : 1),
    );
  }
}
