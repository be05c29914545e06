import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '../../../../config/values/secret.js';
import { EmbeddedError } from '../embedded-error.js';
import { findPostmaster } from './postmaster.js';

/**
 * URL of the running embedded database of a VELRO_HOME for the service's role. Starts and changes nothing.
 * @throws EmbeddedError when it does not run
 */
export const runningAppUrl = (home: string): Secret => runningUrl(home, 'app');

/** The same for the owner, as whom backups are made. */
export const runningOwnerUrl = (home: string): Secret => runningUrl(home, 'owner');

function runningUrl(home: string, role: 'app' | 'owner'): Secret {
  const note = join(home, 'postgres-place');
  const cluster = existsSync(note) ? readFileSync(note, 'utf8').trim() : join(home, 'postgres');
  const postmaster = findPostmaster(join(cluster, 'data'));
  if (postmaster === null) throw new EmbeddedError(`no database runs in ${home}: start the service first`);
  const passwords = JSON.parse(readFileSync(join(cluster, 'passwords.json'), 'utf8')) as Record<
    'app' | 'owner',
    string
  >;
  return new Secret(`postgres://velro_${role}:${passwords[role]}@127.0.0.1:${postmaster.port}/velro`);
}
