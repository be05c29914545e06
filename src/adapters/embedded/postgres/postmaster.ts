import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { openLog } from './bounded-log.js';
import { EmbeddedError } from '../embedded-error.js';
import type { PostgresPlace } from './place.js';
import { processBirth, runsIn } from './process-identity.js';
import { ownSpace, relationTo, spaceIn, type ProcessSpace } from './process-space.js';

/** The main process of a PostgreSQL cluster. */
export interface Postmaster {
  readonly pid: number;
  readonly birth: string;
  readonly port: number;
}

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  timezone: 'UTC',
  // The text and details of a failing statement contain user input, which must not be logged.
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/** The postmaster that holds this data folder, when it is alive. */
export function findPostmaster(data: string): Postmaster | null {
  try {
    // Lines: process id, data folder, start time, port, socket folder, listen address, shared memory key, status.
    const [id = '', folder = '', , port = ''] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split(
      '\n',
    );
    const [pid, birth] = [Number(id), processBirth(Number(id))];
    if (birth === null || !(Number(port) > 0) || !runsIn(pid, 'postgres', folder)) return null;
    return realpathSync(folder) === realpathSync(data) ? { pid, birth, port: Number(port) } : null;
  } catch {
    // No such file, one that is just being written, or one of a folder that has moved.
    return null;
  }
}

/**
 * Starts a postmaster in its own session, so that neither Ctrl-C nor our exit ends it. It may still fail at once; then
 * its log says why. The caller ensures that no other one uses the data.
 */
export async function launchPostmaster(
  place: PostgresPlace,
  data: string,
  port: number | null,
): Promise<Postmaster> {
  removeLeftover(place, data);
  writeFileSync(spaceOf(place), JSON.stringify(ownSpace()), { mode: 0o600 });
  const chosen = port ?? (await freePort());
  const log = openLog(join(place.cluster, 'postgres.log'));
  try {
    const child = spawn(
      join(place.binaries, 'bin', 'postgres'),
      [
        ...['-D', data, '-p', String(chosen)],
        ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
      ],
      {
        ...place.user,
        detached: true,
        stdio: ['ignore', log, log],
        cwd: place.cluster,
        env: { LC_ALL: 'C', TZ: 'UTC' },
      },
    );
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    failed.catch(() => undefined);
    child.unref();
    if (child.pid === undefined) return await failed;
    return { pid: child.pid, birth: processBirth(child.pid) ?? '', port: chosen };
  } finally {
    closeSync(log);
  }
}

/** Names the space of the last postmaster that was started here. */
const spaceOf = (place: PostgresPlace): string => join(place.cluster, 'postmaster-space.json');

/**
 * Removes the file of a postmaster that is known to have ended. PostgreSQL takes any living process with the id in it for
 * its predecessor, and would not start; but a postmaster in another container is not among our processes, and two of them
 * would destroy the data.
 * @throws EmbeddedError when it may be alive in another container
 */
function removeLeftover(place: PostgresPlace, data: string): void {
  const file = join(data, 'postmaster.pid');
  const space = readSpace(place);
  // Without a word about where it was started PostgreSQL itself decides.
  if (space === null || findPostmaster(data) !== null) return;
  if (relationTo(space) !== 'unseen') rmSync(file, { force: true });
  else if (existsSync(file))
    throw new EmbeddedError(
      `the database of ${place.cluster} was started in another container and may still run there: stop it; if it was killed, remove ${file}`,
    );
}

function readSpace(place: PostgresPlace): Partial<ProcessSpace> | null {
  try {
    const value: unknown = JSON.parse(readFileSync(spaceOf(place), 'utf8'));
    return typeof value === 'object' && value !== null ? spaceIn(value) : null;
  } catch {
    return null;
  }
}

/** Bytes of the log so far: what a start adds to it comes after. */
export function logLength(place: PostgresPlace): number {
  return statSync(join(place.cluster, 'postgres.log'), { throwIfNoEntry: false })?.size ?? 0;
}

/** The last error that a start wrote to its log, as one line. */
export function lastComplaint(place: PostgresPlace, since: number): string | null {
  const length = logLength(place);
  // A log that is shorter than before is a new one.
  const start = Math.max(since <= length ? since : 0, length - 16_384);
  const text = Buffer.alloc(length - start);
  const log = openSync(join(place.cluster, 'postgres.log'), 'r');
  try {
    readSync(log, text, 0, text.length, start);
  } finally {
    closeSync(log);
  }
  const complaints = text.toString('utf8').match(/(FATAL|PANIC|ERROR): .*|.*could not .*/g);
  return complaints?.at(-1)?.replace(/^(FATAL|PANIC|ERROR): */, '') ?? null;
}

/** A port that is free now. Another program may take it before the database does; then the start is retried. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new EmbeddedError('no free port'));
      });
    });
  });
}
