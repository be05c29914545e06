import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { EmbeddedError } from './embedded-error.js';
import { findPlace, giveTo, type PostgresPlace } from './postgres-place.js';
import { processBirth, waitUntilGone } from './process-identity.js';

const run = promisify(execFile);
const startTimeoutMs = 30_000;
const stopTimeoutMs = 10_000;

interface Passwords {
  readonly superuser: string;
  readonly owner: string;
  readonly app: string;
}

/**
 * The PostgreSQL of one VELRO_HOME. It runs in a session of its own, so that neither Ctrl-C nor our death hits it; the
 * next start finds it by `postmaster.pid` and adopts it. Ours to stop, after the drain.
 */
export class PostgresCluster {
  private constructor(
    private readonly place: PostgresPlace,
    private readonly passwords: Passwords,
    private readonly port: number,
    private readonly pid: number,
    /** True when it was running already. */
    readonly adopted: boolean,
  ) {}

  /** Makes the cluster on the first start, adopts it when it runs, starts it otherwise. */
  static async open(home: string): Promise<PostgresCluster> {
    const place = findPlace(home);
    const data = join(place.cluster, 'data');
    const passwords = readPasswords(place);
    if (!existsSync(join(data, 'PG_VERSION'))) await initialise(place, data, passwords);

    const running = findRunning(data);
    const { pid, port } = running ?? (await start(place, data));
    const cluster = new PostgresCluster(place, passwords, port, pid, running !== null);
    await cluster.untilReady();
    await cluster.ensureOwner();
    return cluster;
  }

  /** The URL by which migrations and the embedded identity service connect. */
  get ownerUrl(): string {
    return this.urlOf('velro_owner', this.passwords.owner);
  }

  /** The URL by which the service connects: no more than its grants. */
  get appUrl(): string {
    return this.urlOf('velro_app', this.passwords.app);
  }

  /** Ends all connections, writes everything down and stops. */
  async stop(): Promise<void> {
    if (processBirth(this.pid) === null) return;
    process.kill(this.pid, 'SIGINT');
    if (await waitUntilGone(this.pid, stopTimeoutMs)) return;
    process.kill(this.pid, 'SIGQUIT');
    await waitUntilGone(this.pid, stopTimeoutMs);
  }

  private urlOf(user: string, password: string, database = 'velro'): string {
    return `postgres://${user}:${password}@127.0.0.1:${this.port}/${database}`;
  }

  private async untilReady(): Promise<void> {
    const deadline = Date.now() + startTimeoutMs;
    for (;;) {
      const client = new pg.Client({
        connectionString: this.urlOf('postgres', this.passwords.superuser, 'postgres'),
        connectionTimeoutMillis: 5000,
      });
      try {
        await client.connect();
        return;
      } catch (error) {
        if (processBirth(this.pid) === null || Date.now() > deadline) {
          throw new EmbeddedError(
            `PostgreSQL did not start: ${(error as Error).message}; see ${join(this.place.cluster, 'postgres.log')}`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, 25));
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  /** The owner of the database is no superuser, as on Supabase: what migrations can do here they can do there. */
  private async ensureOwner(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.urlOf('postgres', this.passwords.superuser, 'postgres'),
    });
    await client.connect();
    try {
      const { rows } = await client.query<{ owner: boolean; database: boolean }>(
        `select exists (select from pg_roles where rolname = 'velro_owner') as owner,
                exists (select from pg_database where datname = 'velro') as database`,
      );
      const password = client.escapeLiteral(this.passwords.owner);
      if (rows[0]?.owner !== true)
        await client.query(`create role velro_owner login createrole password ${password}`);
      if (rows[0]?.database !== true) await client.query('create database velro owner velro_owner');
    } finally {
      await client.end();
    }
  }
}

function readPasswords(place: PostgresPlace): Passwords {
  mkdirSync(place.cluster, { recursive: true, mode: 0o711 });
  giveTo(place.user, place.cluster);
  const path = join(place.cluster, 'passwords.json');
  if (!existsSync(path)) {
    const password = (): string => randomBytes(24).toString('base64url');
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify({ superuser: password(), owner: password(), app: password() }), {
      mode: 0o600,
    });
    renameSync(draft, path);
  }
  return JSON.parse(readFileSync(path, 'utf8')) as Passwords;
}

async function initialise(place: PostgresPlace, data: string, passwords: Passwords): Promise<void> {
  // A cluster cut off while it was made has no PG_VERSION in its final place; it is made again from nothing.
  const draft = `${data}.new`;
  const passwordFile = join(place.cluster, 'superuser-password');
  rmSync(draft, { recursive: true, force: true });
  writeFileSync(passwordFile, passwords.superuser, { mode: 0o600 });
  giveTo(place.user, passwordFile);
  try {
    await run(
      join(place.binaries, 'bin', 'initdb'),
      [
        '-D',
        draft,
        '-U',
        'postgres',
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale=C',
        '--no-sync',
      ],
      { ...place.user, timeout: 60_000, cwd: place.cluster, env: { LC_ALL: 'C', TZ: 'UTC' } },
    );
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new EmbeddedError(`initdb failed: ${stderr?.trim() ?? (error as Error).message}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  rmSync(data, { recursive: true, force: true });
  renameSync(draft, data);
}

/** The postmaster that holds this data folder, when it is alive. */
function findRunning(data: string): { pid: number; port: number } | null {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return null;
  // Lines: process id, data folder, start time, port, socket folder, listen address, shared memory key, status.
  const [pid, folder, , port] = readFileSync(file, 'utf8').split('\n');
  if (pid === undefined || folder === undefined || port === undefined || processBirth(Number(pid)) === null)
    return null;
  if (!existsSync(folder) || realpathSync(folder) !== realpathSync(data) || !isPostgres(Number(pid)))
    return null;
  return { pid: Number(pid), port: Number(port) };
}

function isPostgres(pid: number): boolean {
  if (process.platform !== 'linux') return true;
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres';
}

async function start(place: PostgresPlace, data: string): Promise<{ pid: number; port: number }> {
  const port = await freePort();
  const log = openSync(join(place.cluster, 'postgres.log'), 'a', 0o600);
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '128MB',
    wal_level: 'minimal',
    max_wal_senders: '0',
    log_min_messages: 'warning',
    timezone: 'UTC',
  };
  try {
    const child = spawn(
      join(place.binaries, 'bin', 'postgres'),
      [
        '-D',
        data,
        '-p',
        String(port),
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
    child.unref();
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    failed.catch(() => undefined);
    if (child.pid === undefined) return await failed;
    return { pid: child.pid, port };
  } finally {
    closeSync(log);
  }
}

/** A port that is free now. Another program may take it before the database does; then the start fails and says so. */
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
