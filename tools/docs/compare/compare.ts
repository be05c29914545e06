// Compares docs/openapi.json with the description of the newest release. Prints each change that breaks a client of that one, and fails
// on any that exceptions.ts does not name.
import type { Break, Part } from './description.ts';
import { exceptions, type WantedBreak } from './exceptions.ts';
import { breaksOf } from './operations.ts';
import {
  readCurrent,
  readRelease,
  releasedDescription,
  unreleasedHeadings,
  type Release,
} from './release.ts';

/** The breaks that nobody wanted, and exceptions that cover none or of which clients are not told. */
export function judge(
  found: readonly Break[],
  wanted: readonly WantedBreak[],
  headings: readonly string[],
): Break[] {
  const covers = (one: WantedBreak, { rule, where, text }: Break): boolean =>
    one.rule === rule && one.where === where && one.text === text;
  const fault = ({ rule }: WantedBreak, text: string): Break => ({ rule, where: 'exceptions.ts', text });
  return [
    ...found.filter((one) => !wanted.some((exception) => covers(exception, one))),
    ...wanted
      .filter((exception) => !found.some((one) => covers(exception, one)))
      .map((one) => fault(one, `covers nothing: ${one.reason}`)),
    ...wanted
      .filter(({ heading }) => !headings.includes(heading))
      .map((one) => fault(one, `CHANGELOG.md has no unreleased heading "${one.heading}"`)),
  ];
}

/**
 * What is wrong with a description; null before the first release.
 * @throws Error where docs/openapi.released.json does not belong to the newest release
 */
export function compareWith(
  current: string,
  release: Release,
  wanted: readonly WantedBreak[],
): readonly Break[] | null {
  const released = releasedDescription(release);
  const found = released === null ? [] : breaksOf(released, JSON.parse(current) as Part);
  const faults = judge(found, wanted, unreleasedHeadings(release.changelog));
  return released === null && faults.length === 0 ? null : faults;
}

/** The same of the committed files. */
export const compareDescription = async (): Promise<readonly Break[] | null> =>
  compareWith(await readCurrent(), await readRelease(), exceptions);

export const printed = ({ rule, where, text }: Break): string => `${rule}  ${where}\n    ${text}`;

if (import.meta.main) {
  try {
    const faults = await compareDescription();
    for (const one of faults ?? []) process.stdout.write(`${printed(one)}\n`);
    const none = 'CHANGELOG.md has no release yet: nothing to compare with';
    process.stdout.write(`${faults === null ? none : `${faults.length} breaking changes`}\n`);
    process.exitCode = (faults ?? []).length === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
