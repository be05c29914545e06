import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { removeBusyFolder } from '../busy-folder.js';
import { EmbeddedError } from '../embedded-error.js';
import type { PostgresPlace } from './place.js';
import { giveTo } from './postgres-place.js';

const timeoutMs = 60_000;

/**
 * Creates the cluster in `data`. Created under a unique name first: an interrupted one is never taken for a cluster,
 * and an `initdb` that outlived its parent shares no files with the next one.
 */
export async function initialise(
  place: PostgresPlace,
  data: string,
  password: string,
  launched: () => void,
): Promise<void> {
  await sweep(data);
  const draft = `${data}.new-${randomBytes(4).toString('hex')}`;
  const passwordFile = join(place.cluster, `superuser-password-${randomBytes(4).toString('hex')}`);
  try {
    mkdirSync(draft, { mode: 0o700 });
    giveTo(place.user, draft);
    writeFileSync(passwordFile, password, { mode: 0o600, flag: 'wx' });
    giveTo(place.user, passwordFile);
    const running = runInitdb(place, [
      ...['-D', draft, '-U', 'postgres', `--pwfile=${passwordFile}`],
      ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'],
    ]);
    launched();
    await running;
    renameSync(draft, data);
  } catch (error) {
    await removeBusyFolder(draft);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST')
      throw new EmbeddedError(
        `${data} holds something that is no PostgreSQL cluster: move it away, or set VELRO_HOME to another folder`,
      );
    throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Removes the files of interrupted starts; an `initdb` that still writes there fails and ends. */
async function sweep(data: string): Promise<void> {
  const folder = dirname(data);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(data)}.new`) && !name.startsWith('superuser-password')) continue;
    // The next start tries to remove the rest.
    await removeBusyFolder(join(folder, name));
  }
}

/** In its own session (process group): Ctrl-C during a first start lets it finish, and then stops what was started. */
function runInitdb(place: PostgresPlace, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(place.binaries, 'bin', 'initdb'), args, {
      ...place.user,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: place.cluster,
      env: { LC_ALL: 'C', TZ: 'UTC' },
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-2000)));
    child.once('error', reject);
    child.once('close', (code) => {
      const lines = errors.split('\n').filter((line) => line.trim() !== '' && !line.includes('removing '));
      const reason = lines.find((line) => /FATAL|error:/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
      if (code === 0) resolve();
      else reject(new EmbeddedError(`initdb failed: ${reason.slice(0, 300)}`));
    });
  });
}
