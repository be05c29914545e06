import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { EmbeddedError } from '../embedded-error.js';
import { initialise } from './initdb.js';
import type { PostgresPlace } from './place.js';
import { findPlace } from './postgres-place.js';
import { PostgresServer } from './postgres-server.js';

interface Passwords {
  readonly superuser: string;
  readonly owner: string;
  readonly app: string;
}

const roles = { superuser: 'postgres', owner: 'velro_owner', app: 'velro_app' } as const;

/** How a start reports to its caller. */
export interface ClusterProgress {
  /** A step is done. */
  readonly done: (what: string) => void;
  /** A process of the database has been started: until it answers this one only waits. May be called more than once. */
  readonly launched: () => void;
}

const unreported: ClusterProgress = { done: () => undefined, launched: () => undefined };

/** The PostgreSQL of one VELRO_HOME: its cluster, roles and URLs. Must be stopped after the drain. */
export class PostgresCluster {
  private constructor(
    private readonly server: PostgresServer,
    private readonly passwords: Passwords,
  ) {}

  /** Creates the cluster on the first start, adopts it when it runs, starts it otherwise. */
  static async open(home: string, { done, launched } = unreported): Promise<PostgresCluster> {
    const place = await findPlace(home);
    const data = join(place.cluster, 'data');
    const made = existsSync(join(data, 'PG_VERSION'));
    const passwords = readPasswords(place, made);
    if (!made) {
      await initialise(place, data, passwords.superuser, launched);
      done('PostgreSQL cluster created');
    }

    const superuserUrl = (port: number): string => urlOf('superuser', passwords, port);
    const server = await PostgresServer.open(place, data, superuserUrl, launched);
    try {
      const cluster = new PostgresCluster(server, passwords);
      await cluster.ensureOwner();
      return cluster;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** True when it was running already. */
  get adopted(): boolean {
    return this.server.adopted;
  }

  /** The URL by which migrations and the embedded identity service connect. */
  get ownerUrl(): string {
    return urlOf('owner', this.passwords, this.server.port);
  }

  /** The URL by which the service connects: a role with only its grants. */
  get appUrl(): string {
    return urlOf('app', this.passwords, this.server.port);
  }

  /** From now on a database that ends without `stop` is restarted at the same address. */
  supervise(onTrouble: (error: unknown) => void): void {
    this.server.supervise(onTrouble);
  }

  /** Closes all connections, writes a checkpoint and stops. */
  stop(): Promise<void> {
    return this.server.stop();
  }

  /** The owner of the database is no superuser, as on Supabase: what migrations can do here they can do there. */
  private async ensureOwner(): Promise<void> {
    const client = new pg.Client({
      connectionString: urlOf('superuser', this.passwords, this.server.port),
      connectionTimeoutMillis: 20_000,
      query_timeout: 15_000,
    });
    // Without a listener, a connection that breaks between two queries would end the process.
    client.on('error', () => undefined);
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

function urlOf(role: keyof Passwords, passwords: Passwords, port: number): string {
  const database = role === 'superuser' ? 'postgres' : 'velro';
  return `postgres://${roles[role]}:${passwords[role]}@127.0.0.1:${port}/${database}`;
}

function readPasswords(place: PostgresPlace, made: boolean): Passwords {
  const path = join(place.cluster, 'passwords.json');
  if (!existsSync(path)) {
    if (made) throw lost(path);
    mkdirSync(place.cluster, { recursive: true });
    // Traversable by the user that runs the database, independent of our umask.
    chmodSync(place.cluster, 0o711);
    const password = (): string => randomBytes(24).toString('base64url');
    // Of one name, so that the next start writes over what a killed one left.
    const draft = `${path}.draft`;
    const text = JSON.stringify({ superuser: password(), owner: password(), app: password() });
    writeFileSync(draft, text, { mode: 0o600, flush: true });
    renameSync(draft, path);
  }
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Passwords;
  } catch {
    throw lost(path);
  }
}

const lost = (path: string): EmbeddedError =>
  new EmbeddedError(
    `${path} is missing or damaged, and the database cannot be opened without it: restore it, or remove its folder and with it the data`,
  );
