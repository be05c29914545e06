import type { Mutant } from './mutant.ts';

/** How many `--quick` tries, and how long it goes on starting new ones. */
export const quickPolicy = { count: 6, startWithinMs: 150_000 } as const;

/** Those whose title or file holds the text. */
export const matching = (mutants: readonly Mutant[], text: string): Mutant[] =>
  mutants.filter(({ title, file }) => `${title} ${file}`.toLowerCase().includes(text.toLowerCase()));

/** Another few with every commit, the same for the same commit: in some commits' time each has had its turn. */
export function quickShare(mutants: readonly Mutant[], commit: string): Mutant[] {
  const cheap = mutants.filter((mutant) => mutant.cheap === true);
  const start = cheap.length === 0 ? 0 : Number.parseInt(commit.slice(0, 8), 16) % cheap.length;
  return [...cheap.slice(start), ...cheap.slice(0, start)].slice(0, quickPolicy.count);
}
