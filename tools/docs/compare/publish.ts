// Makes docs/openapi.json the description of the newest release. Refuses where it breaks clients of the one before.
import { writeFile } from 'node:fs/promises';
import { compareWith, printed } from './compare.ts';
import { exceptions, type WantedBreak } from './exceptions.ts';
import { beforeRelease, files, readCurrent, readRelease, releaseOf, type Release } from './release.ts';

/**
 * Both files of the newest release.
 * @throws Error where it cannot be released, or breaks something that no exception names, or an exception is wrong
 */
export function publishedRelease(
  current: string,
  release: Release,
  wanted: readonly WantedBreak[],
): { released: string; changelog: string } {
  const written = releaseOf(current, release);
  const faults = compareWith(current, beforeRelease(release), wanted) ?? [];
  if (faults.length > 0)
    throw new Error(
      `${faults.map(printed).join('\n')}\n${faults.length} breaking changes: nothing is released`,
    );
  return written;
}

if (import.meta.main) {
  try {
    const written = publishedRelease(await readCurrent(), await readRelease(), exceptions);
    await writeFile(files.released, written.released);
    await writeFile(files.changelog, written.changelog);
    process.stdout.write('wrote docs/openapi.released.json, and its digest into CHANGELOG.md\n');
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
