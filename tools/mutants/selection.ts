import type { Mutant } from './mutant.ts';

/** Maximum number of mutants of `--quick`, and milliseconds after which it starts no further one. */
export const quickPolicy = { count: 30, startWithinMs: 150_000 } as const;

/** Mutants whose title or file contains the text, ignoring case. */
export const matching = (mutants: readonly Mutant[], text: string): Mutant[] =>
  mutants.filter(({ title, file }) => `${title} ${file}`.toLowerCase().includes(text.toLowerCase()));

/** A selection that depends on the commit hash (hexadecimal) only, so that many commits cover all of the mutants. */
export function quickShare(mutants: readonly Mutant[], commit: string): Mutant[] {
  const start = mutants.length === 0 ? 0 : Number.parseInt(commit.slice(0, 8), 16) % mutants.length;
  return [...mutants.slice(start), ...mutants.slice(0, start)].slice(0, quickPolicy.count);
}

/** One of several parts of about equal size, `1/2` for the first of two: parts in separate processes use the cores side by side. @throws Error for another form */
export function partOf(mutants: readonly Mutant[], part: string): Mutant[] {
  const [, number, count] = /^([1-9]\d?)\/([1-9]\d?)$/.exec(part)?.map(Number) ?? [];
  if (number === undefined || count === undefined || number > count)
    throw new Error(`--part takes a number and a count as 1/2, not "${part}"`);
  return mutants.slice(
    Math.floor(((number - 1) * mutants.length) / count),
    Math.floor((number * mutants.length) / count),
  );
}

/** The mutants by the specs that must detect them, in the order of their first mutants. */
export function groupsOf(mutants: readonly Mutant[]): (readonly Mutant[])[] {
  return [...Map.groupBy(mutants, ({ specs }) => specs.join(' ')).values()];
}
