// docs/openapi.released.json, the description of the newest release in CHANGELOG.md: a heading `## 1.2.0`, with or without a date. The
// file names the version in `info.x-release`, and the entry of the release has its digest, so that neither changes without the other.
// publish.ts writes both, once for each release.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../build.ts';
import { part, type Part } from './description.ts';

export const files = {
  changelog: join(root, 'CHANGELOG.md'),
  current: join(root, 'docs/openapi.json'),
  released: join(root, 'docs/openapi.released.json'),
};

/** A section of the second level. */
interface Section {
  readonly title: string;
  readonly text: string;
}

const sectionsOf = (changelog: string): Section[] =>
  changelog
    .split(/^## +/m)
    .slice(1)
    .map((section) => {
      const end = `${section}\n`.indexOf('\n');
      return { title: section.slice(0, end).trim(), text: section.slice(end + 1) };
    });

const isUnreleased = ({ title }: Section): boolean => /^\[?unreleased\]?$/i.test(title);
const versionOf = (title: string): string | undefined => /^\[?v?(\d+\.\d+\.\d+[\w.+-]*)/.exec(title)?.[1];
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const digestLine = (digest: string): string => `Description of the API: sha256 \`${digest}\`.`;

/** The headings below the unreleased one. */
export const unreleasedHeadings = (changelog: string): string[] =>
  sectionsOf(changelog)
    .filter(isUnreleased)
    .flatMap(({ text }) => [...text.matchAll(/^### +(.*?) *$/gm)].map(([, heading = '']) => heading));

export interface Release {
  readonly changelog: string;
  /** The text of docs/openapi.released.json; null where there is none. */
  readonly released: string | null;
}

/**
 * The description of the newest release; null before the first one.
 * @throws Error where file and entry do not belong together, with what is wrong
 */
export function releasedDescription({ changelog, released }: Release): Part | null {
  const [newest] = sectionsOf(changelog).filter((section) => !isUnreleased(section));
  if (newest === undefined) {
    if (released === null) return null;
    throw new Error('docs/openapi.released.json belongs to no release: CHANGELOG.md has none');
  }
  const version = versionOf(newest.title);
  if (version === undefined)
    throw new Error(`the heading of a release in CHANGELOG.md has no version: ${newest.title}`);
  if (released === null)
    throw new Error(`${version} has no docs/openapi.released.json: npm run openapi:release`);
  const document = JSON.parse(released) as Part;
  const named = part(document['info'])['x-release'];
  if (named !== version)
    throw new Error(
      `docs/openapi.released.json is of ${String(named)}, the newest release ${version}: npm run openapi:release`,
    );
  if (!newest.text.includes(digestLine(digestOf(released))))
    throw new Error(`docs/openapi.released.json is not the file whose digest ${version} has in CHANGELOG.md`);
  return document;
}

/** The same before the release: the entry of the newest one as what is unreleased, below the one that its clients have. */
export function beforeRelease({ changelog, released }: Release): Release {
  const [newest, ...others] = sectionsOf(changelog).filter((section) => !isUnreleased(section));
  const sections = newest === undefined ? [] : [{ ...newest, title: 'Unreleased' }, ...others];
  return { changelog: sections.map(({ title, text }) => `## ${title}\n${text}`).join(''), released };
}

/**
 * Both files of the newest release, whose heading stands in CHANGELOG.md already.
 * @throws Error where it was released before, or something is unreleased still
 */
export function releaseOf(
  current: string,
  { changelog, released }: Release,
): { released: string; changelog: string } {
  const sections = sectionsOf(changelog);
  const [newest] = sections.filter((section) => !isUnreleased(section));
  const version = newest === undefined ? undefined : versionOf(newest.title);
  if (newest === undefined || version === undefined)
    throw new Error('CHANGELOG.md has no heading `## <version>` to release');
  // What has come since would pass for released.
  if (sections.some((section) => isUnreleased(section) && section.text.trim() !== ''))
    throw new Error(
      `CHANGELOG.md has unreleased entries above ${version}: their changes are in docs/openapi.json too`,
    );
  const known = part(part(JSON.parse(released ?? '{}') as Part)['info'])['x-release'];
  if (known === version || /^Description of the API: /m.test(newest.text))
    throw new Error(`${version} was released before`);
  const document = JSON.parse(current) as Part;
  const info = { ...part(document['info']), 'x-release': version };
  const text = `${JSON.stringify({ ...document, info }, null, 2)}\n`;
  const heading = `## ${newest.title}\n`;
  return {
    released: text,
    changelog: changelog.replace(heading, () => `${heading}\n${digestLine(digestOf(text))}\n`),
  };
}

export async function readRelease(): Promise<Release> {
  return {
    changelog: await readFile(files.changelog, 'utf8'),
    released: await readFile(files.released, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }),
  };
}

export const readCurrent = (): Promise<string> => readFile(files.current, 'utf8');
