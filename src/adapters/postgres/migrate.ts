import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { deployTurn, migrationLockBudget } from '../../../config/policy/operations/database.js';
import { queues } from '../../../config/policy/operations/queues.js';
import type { Secret } from '../../../config/values/secret.js';
import { applyMigrations, MigrationError, withinBudget, type LockBudget } from './apply-migrations.js';
import { readMigrations } from './migration-files.js';
import { advisoryLocks } from '../../database/advisory-locks.js';

const queueSchema = 'pgboss';

/**
 * Brings the database up to date as its owner: the migrations, each in its own transaction and recorded in the Supabase
 * CLI's table; the queue's schema; the password and the grants of the service's role, which without `appUrl` keeps the password that it has in
 * the cluster, or none. Returns the versions applied now.
 */
export async function migrate(
  urls: { ownerUrl: Secret; appUrl: Secret | null },
  migrations = readMigrations(),
  budget: LockBudget = migrationLockBudget,
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
    await takeTurn(client);
    const applied = await applyMigrations(client, migrations, budget);
    await client.query('create schema if not exists ' + queueSchema);
    await withinBudget('the schema of the queue', budget, () => prepareQueue(client, budget));
    await admitApp(client, urls.appUrl);
    return applied;
  } finally {
    await client.end();
  }
}

/**
 * Deploys migrate one after the other. Asked again and again: a statement that waits for the lock would hold a snapshot, for which an
 * index that the other deploy makes concurrently waits in its turn.
 * @throws MigrationError when the other one does not end
 */
async function takeTurn(client: pg.Client): Promise<void> {
  const end = performance.now() + deployTurn.waitMs;
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
      advisoryLocks.migration,
    ]);
    if (rows[0]?.taken === true) return;
    if (performance.now() > end)
      throw new MigrationError(
        `another deploy has been migrating for ${deployTurn.waitMs / 1000} seconds: end its connection (application_name velro-migrate) if it is gone, and deploy again`,
      );
    await sleep(deployTurn.askEveryMs);
  }
}

/**
 * The library builds and migrates its own schema; only the owner may. On the connection of the migrations, which has their budget
 * of locks.
 */
async function prepareQueue(client: pg.Client, { waitMs }: LockBudget): Promise<void> {
  // A transaction of the library that failed is still open.
  await client.query('rollback');
  await client.query(`set lock_timeout = ${waitMs}`);
  const boss = new PgBoss({
    db: { executeSql: (text, values) => client.query<never>(text, values) },
    schema: queueSchema,
    supervise: false,
    schedule: false,
  });
  boss.on('error', () => undefined);
  try {
    await boss.start();
    const existing = new Set((await boss.getQueues()).map((queue) => queue.name));
    // A dead letter queue must be created before the queue that references it.
    const order = Object.entries(queues).sort(
      ([, a], [, b]) => Number('deadLetter' in a) - Number('deadLetter' in b),
    );
    for (const [name, options] of order) {
      if (existing.has(name)) await boss.updateQueue(name, options);
      else await boss.createQueue(name, options);
    }
    await client.query('reset lock_timeout');
  } finally {
    await boss.stop({ graceful: false, close: true });
  }
}

/** Sets the password of the service's role from its URL and grants what the queue needs; no DDL. */
async function admitApp(client: pg.Client, appUrl: Secret | null): Promise<void> {
  if (appUrl !== null) {
    const password = decodeURIComponent(new URL(appUrl.reveal()).password);
    await client.query(`alter role velro_app login password ${client.escapeLiteral(password)}`);
  }
  await client.query(`
    grant usage on schema ${queueSchema} to velro_app;
    grant select, insert, update, delete on all tables in schema ${queueSchema} to velro_app;
    grant usage on all sequences in schema ${queueSchema} to velro_app;
    grant execute on all functions in schema ${queueSchema} to velro_app;`);
}
