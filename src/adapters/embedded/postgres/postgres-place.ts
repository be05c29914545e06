import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { removeBusyFolder } from '../busy-folder.js';
import { EmbeddedError } from '../embedded-error.js';
import { copyBinaries, makePassable, shippedBinaries } from './postgres-binaries.js';
import type { DatabaseUser, PostgresPlace } from './place.js';
import { findPostmaster } from './postmaster.js';
import { signalProcess } from './process-identity.js';

/** Folder for clusters whose VELRO_HOME the database user cannot reach. */
const defaultElsewhere = '/var/lib/velro';

/**
 * Decides the location of the database of `home`. PostgreSQL refuses to run as root, so root switches to another user;
 * where that user cannot reach `home` or the binaries (a clone below /root), both are placed where it can, and `home`
 * stores the path.
 */
export async function findPlace(
  home: string,
  shipped = shippedBinaries(),
  elsewhere = defaultElsewhere,
): Promise<PostgresPlace> {
  if (process.getuid?.() !== 0) return { binaries: shipped, cluster: join(home, 'postgres'), user: null };

  const user = userToStepDownTo();
  // The secrets in it are files of mode 0600; traversing the folder reveals nothing.
  chmodSync(home, (statSync(home).mode & 0o7777) | 0o011);
  const binaries = reachable(join(shipped, 'bin', 'postgres')) ? shipped : copyBinaries(shipped, elsewhere);
  const noted = notedCluster(home);
  if (noted !== null) return { binaries, cluster: noted, user };
  if (reachable(home)) return { binaries, cluster: join(home, 'postgres'), user };
  makePassable(elsewhere);
  await forgetOrphans(elsewhere);
  const cluster = join(elsewhere, `cluster-${randomBytes(6).toString('hex')}`);
  // The note first: a cluster whose home has no note would be removed as an orphan.
  writeFileSync(noteOf(home), `${cluster}\n`);
  claim(cluster, home);
  return { binaries, cluster, user };
}

/** Gives a file or folder to the user that runs the database. */
export function giveTo(user: DatabaseUser | null, path: string): void {
  if (user !== null) chownSync(path, user.uid, user.gid);
}

const noteOf = (home: string): string => join(home, 'postgres-place');
const readLine = (path: string): string | null =>
  existsSync(path) ? readFileSync(path, 'utf8').trim() : null;

/** The noted cluster of `home`. A copied VELRO_HOME has the same note, and must not share the cluster. */
function notedCluster(home: string): string | null {
  const cluster = readLine(noteOf(home));
  if (cluster === null) return null;
  const owner = readLine(join(cluster, 'home'));
  if (owner !== null && owner !== realpathSync(home) && readLine(noteOf(owner)) === cluster) return null;
  claim(cluster, home);
  return cluster;
}

function claim(cluster: string, home: string): void {
  mkdirSync(cluster, { recursive: true });
  chmodSync(cluster, 0o711);
  writeFileSync(join(cluster, 'home'), realpathSync(home), { mode: 0o600 });
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

/** Whether every user can traverse every folder above `path`, and enter or run it. */
function reachable(path: string): boolean {
  for (let step = realpathSync(path); ; step = dirname(step)) {
    if ((statSync(step).mode & 0o001) === 0) return false;
    if (step === dirname(step)) return true;
  }
}

/** Removes clusters whose VELRO_HOME is gone or notes another cluster. */
async function forgetOrphans(elsewhere: string): Promise<void> {
  for (const name of readdirSync(elsewhere)) {
    const cluster = join(elsewhere, name);
    const home = name.startsWith('cluster-') ? readLine(join(cluster, 'home')) : null;
    if (home === null || readLine(noteOf(home)) === cluster) continue;
    const running = findPostmaster(join(cluster, 'data'));
    if (running !== null) signalProcess(running.pid, running.birth, 'SIGQUIT');
    // The next start tries to remove the rest.
    await removeBusyFolder(cluster);
  }
}
