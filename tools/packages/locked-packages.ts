import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { licencesByText } from './licence-policy.ts';

/** A package that the image has on some platform, as package-lock.json pins it. */
export interface LockedPackage {
  /** Below the project: `node_modules/pg`, or deeper. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** Subresource Integrity: `sha512-…`. */
  readonly integrity: string;
  /** An SPDX expression; undefined where the package names none. */
  readonly licence: string | undefined;
  /** Installed only where its platform is, or where it can be. */
  readonly isOptional: boolean;
  /** Paths of the packages that it loads. */
  readonly needs: readonly string[];
}

interface LockEntry {
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

type Entries = Readonly<Record<string, LockEntry>>;

/** What the lock file of a project says of it and of its production packages, in the order of their paths. */
export interface Lock {
  readonly name: string;
  readonly version: string;
  /** Paths of the packages that the project itself names. */
  readonly needs: readonly string[];
  readonly packages: readonly LockedPackage[];
}

/** Folders of packages that the Dockerfile removes after `npm ci --omit=dev`. @throws Error when it removes none */
function removedFolders(root: string): string[] {
  const [, folders] =
    /^RUN npm ci --omit=dev && rm -rf (.+)$/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8')) ?? [];
  if (folders === undefined) throw new Error('the Dockerfile does not install packages as it used to');
  return folders.split(' ');
}

/**
 * Reads package-lock.json at the path `root`, without what is there for development alone and what the Dockerfile removes.
 *
 * @throws Error for a production package without version or hash
 */
export function readLock(root: string): Lock {
  const { packages: entries } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Entries;
  };
  const own = entries[''] ?? {};
  const removed = removedFolders(root);
  const isRemoved = (path: string): boolean => removed.some((folder) => `${path}/`.startsWith(`${folder}/`));
  const packages = Object.entries(entries)
    .filter(([path, { dev }]) => path !== '' && dev !== true && !isRemoved(path))
    .map(([path, entry]) => toPackage(root, entries, path, entry))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  const there = new Set(packages.map(({ path }) => path));
  const kept = (paths: readonly string[]): string[] => paths.filter((path) => there.has(path));
  return {
    name: own.name ?? '',
    version: own.version ?? '',
    needs: kept(neededBy(entries, '', own)),
    packages: packages.map((one) => ({ ...one, needs: kept(one.needs) })),
  };
}

function toPackage(root: string, entries: Entries, path: string, entry: LockEntry): LockedPackage {
  const { version, integrity } = entry;
  if (version === undefined || integrity === undefined)
    throw new Error(`${path} has no version or no hash in package-lock.json`);
  const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return {
    path,
    name,
    version,
    integrity,
    licence: entry.license ?? installedLicence(join(root, path, 'package.json')) ?? licencesByText[name],
    isOptional: entry.optional === true,
    needs: neededBy(entries, path, entry),
  };
}

/** Where Node finds what a package names: beside it, or in a folder above. */
function neededBy(entries: Entries, path: string, entry: LockEntry): string[] {
  const names = Object.keys({
    ...entry.dependencies,
    ...entry.optionalDependencies,
    ...entry.peerDependencies,
  });
  const found = names.flatMap((name) => {
    for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
      const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
      if (candidate in entries) return [candidate];
      if (folder === '') return [];
    }
  });
  return [...new Set(found)].sort();
}

/** Older packages have a list of licences, which the lock file does not repeat. */
function installedLicence(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const { licenses } = JSON.parse(readFileSync(file, 'utf8')) as { licenses?: readonly { type?: string }[] };
  const types = (licenses ?? []).flatMap(({ type }) => type ?? []);
  return types.length === 0 ? undefined : types.join(' OR ');
}
