import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { queues } from '../../../config/policy/operations/queues.js';
import type { Secret } from '../../../config/values/secret.js';

/** Advisory lock id (arbitrary): serialises deploys that migrate concurrently. */
const lockNumber = 7_215_103;
const queueSchema = 'pgboss';

export interface Migration {
  readonly version: string;
  readonly name: string;
  readonly sql: string;
}

/** The migrations of `folder` in their order. The names follow the Supabase CLI: 14 digits, underscore, name. */
function readMigrations(folder = migrationsFolder()): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const [, version, name] = /^(\d{14})_([a-z0-9_]+)\.sql$/.exec(file) ?? [];
      if (version === undefined || name === undefined) throw new Error(`not a migration's name: ${file}`);
      return { version, name, sql: readFileSync(join(folder, file), 'utf8') };
    });
}

/**
 * Brings the database up to date as its owner: the migrations, each in its own transaction and recorded in the Supabase
 * CLI's table; the queue's schema; the password and the grants of the service's role. Returns the versions applied now.
 */
export async function migrate(
  urls: { ownerUrl: Secret; appUrl: Secret },
  migrations = readMigrations(),
): Promise<string[]> {
  const client = new pg.Client({
    connectionString: urls.ownerUrl.reveal(),
    connectionTimeoutMillis: 10_000,
    application_name: 'velro-migrate',
  });
  // A connection that breaks fails the query under way; without a listener it would end the process as well.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [lockNumber]);
    const applied = await applyMigrations(client, migrations);
    await client.query('create schema if not exists ' + queueSchema);
    await prepareQueue(urls.ownerUrl);
    await admitApp(client, urls.appUrl);
    return applied;
  } finally {
    await client.end();
  }
}

async function applyMigrations(client: pg.Client, migrations: Migration[]): Promise<string[]> {
  await client.query(`
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (version text primary key);
    alter table supabase_migrations.schema_migrations add column if not exists statements text[];
    alter table supabase_migrations.schema_migrations add column if not exists name text;`);
  const { rows } = await client.query<{ version: string }>(
    'select version from supabase_migrations.schema_migrations',
  );
  const known = new Set(rows.map((row) => row.version));
  const applied: string[] = [];
  for (const { version, name, sql } of migrations.filter((migration) => !known.has(migration.version))) {
    await client.query('begin');
    try {
      await client.query(sql);
      await client.query(
        'insert into supabase_migrations.schema_migrations (version, statements, name) values ($1, $2, $3)',
        [version, [sql], name],
      );
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw new Error(`migration ${version}_${name} failed: ${(error as Error).message}`, { cause: error });
    }
    applied.push(version);
  }
  return applied;
}

/** The library builds and migrates its own schema; only the owner may. */
async function prepareQueue(ownerUrl: Secret): Promise<void> {
  const boss = new PgBoss({
    connectionString: ownerUrl.reveal(),
    schema: queueSchema,
    supervise: false,
    schedule: false,
    max: 2,
  });
  boss.on('error', () => undefined);
  await boss.start();
  try {
    const existing = new Set((await boss.getQueues()).map((queue) => queue.name));
    // A dead letter queue must be created before the queue that references it.
    const order = Object.entries(queues).sort(
      ([, a], [, b]) => Number('deadLetter' in a) - Number('deadLetter' in b),
    );
    for (const [name, options] of order) {
      if (existing.has(name)) await boss.updateQueue(name, options);
      else await boss.createQueue(name, options);
    }
  } finally {
    await boss.stop({ graceful: false, close: true });
  }
}

/** Sets the password of the service's role from its URL and grants what the queue needs; no DDL. */
async function admitApp(client: pg.Client, appUrl: Secret): Promise<void> {
  const password = decodeURIComponent(new URL(appUrl.reveal()).password);
  await client.query(`alter role velro_app login password ${client.escapeLiteral(password)}`);
  await client.query(`
    grant usage on schema ${queueSchema} to velro_app;
    grant select, insert, update, delete on all tables in schema ${queueSchema} to velro_app;
    grant usage on all sequences in schema ${queueSchema} to velro_app;
    grant execute on all functions in schema ${queueSchema} to velro_app;`);
}

function migrationsFolder(): string {
  // Works from src/ and from dist/src/.
  const here = fileURLToPath(import.meta.url);
  const root = here.slice(0, here.lastIndexOf(join('src', 'adapters', 'postgres'))).replace(/dist[/\\]$/, '');
  return join(root, 'supabase', 'migrations');
}
