import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { hashOf, type Migration } from './migration-files.js';

/** How long a migration waits for a lock, how often it is tried, and the pause between two tries. */
export interface LockBudget {
  readonly waitMs: number;
  readonly tries: number;
  readonly pauseMs: number;
}

/** PostgreSQL: a lock was not got within `lock_timeout`, or the transaction was ended for a deadlock with what runs. Nothing was changed. */
const lockFailures: ReadonlySet<string | undefined> = new Set(['55P03', '40P01']);

/** A migration was not applied; the message says which and why, and stands on its own. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/**
 * Applies what is not recorded yet in the Supabase CLI's table, and returns its versions. A recorded migration whose file is
 * another one by now is refused before anything is applied; one that was recorded before hashes were gets the present one.
 */
export async function applyMigrations(
  client: pg.Client,
  migrations: readonly Migration[],
  budget: LockBudget,
): Promise<string[]> {
  const known = await recorded(client);
  for (const migration of migrations) {
    const hash = known.get(migration.version);
    if (hash !== undefined && hash !== null && hash !== hashOf(migration))
      throw new MigrationError(
        `migration ${titleOf(migration)} was changed after it was applied: restore its file, and put the change into a new one`,
      );
  }
  for (const migration of migrations)
    if (known.get(migration.version) === null)
      await client.query('update supabase_migrations.schema_migrations set hash = $2 where version = $1', [
        migration.version,
        hashOf(migration),
      ]);
  const applied: string[] = [];
  for (const migration of migrations.filter(({ version }) => !known.has(version))) {
    await withinBudget(`migration ${titleOf(migration)}`, budget, () =>
      isConcurrent(migration) ? applyAlone(client, migration) : applyWhole(client, migration, budget),
    );
    applied.push(migration.version);
  }
  return applied;
}

const titleOf = ({ version, name }: Migration): string => `${version}_${name}`;

/** The recorded versions with their hashes. */
async function recorded(client: pg.Client): Promise<ReadonlyMap<string, string | null>> {
  await client.query(`
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (version text primary key);
    alter table supabase_migrations.schema_migrations add column if not exists statements text[];
    alter table supabase_migrations.schema_migrations add column if not exists name text;
    alter table supabase_migrations.schema_migrations add column if not exists hash text;`);
  const { rows } = await client.query<{ version: string; hash: string | null }>(
    'select version, hash from supabase_migrations.schema_migrations',
  );
  return new Map(rows.map(({ version, hash }) => [version, hash]));
}

/**
 * A statement that waits for a table's lock makes every later statement on that table wait behind it. So it waits briefly,
 * gives up, lets the others through, and is tried again. What fails must have changed nothing.
 * @throws MigrationError beginning with `title`
 */
export async function withinBudget(
  title: string,
  budget: LockBudget,
  apply: () => Promise<unknown>,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await apply();
      return;
    } catch (error) {
      const { message, code } = error as Error & { code?: string };
      if (!lockFailures.has(code)) throw new MigrationError(`${title} failed: ${message}`, { cause: error });
      if (tries >= budget.tries)
        throw new MigrationError(
          `${title} did not get its lock in ${tries} tries of ${budget.waitMs} ms, and changed nothing: end the transaction that holds the table, or deploy again later`,
          { cause: error },
        );
      await sleep(budget.pauseMs);
    }
  }
}

/** One transaction: all of it, with its record, or nothing. */
async function applyWhole(client: pg.Client, migration: Migration, { waitMs }: LockBudget): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`set local lock_timeout = ${waitMs}`);
    await client.query(migration.sql);
    await record(client, migration);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

const concurrentIndex =
  /\bcreate\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?"?(\w+)"?\s+on\s+(?:only\s+)?(?:"?(\w+)"?\.)?/i;
const withoutComments = (sql: string): string => sql.replace(/--[^\n]*/g, '');
const isConcurrent = ({ sql }: Migration): boolean => concurrentIndex.test(withoutComments(sql));

/**
 * An index that is made concurrently allows no transaction around it, and blocks nobody while it waits. An interrupted one
 * stays behind as invalid, and `if not exists` would take it for made: it is dropped first. One that is valid was made by a
 * run that ended before its record, and is recorded.
 */
async function applyAlone(client: pg.Client, migration: Migration): Promise<void> {
  const [, index = '', schema = 'public'] = concurrentIndex.exec(withoutComments(migration.sql)) ?? [];
  const { rows } = await client.query<{ valid: boolean }>(
    `select i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
      where c.relname = $1 and c.relnamespace = to_regnamespace($2)`,
    [index, schema],
  );
  const [found] = rows;
  if (found?.valid === false)
    await client.query(
      `drop index concurrently ${client.escapeIdentifier(schema)}.${client.escapeIdentifier(index)}`,
    );
  if (found?.valid !== true) await client.query(migration.sql);
  await record(client, migration);
}

async function record(client: pg.Client, migration: Migration): Promise<void> {
  const { version, name, sql } = migration;
  await client.query(
    'insert into supabase_migrations.schema_migrations (version, statements, name, hash) values ($1, $2, $3, $4)',
    [version, [sql], name, hashOf(migration)],
  );
}
