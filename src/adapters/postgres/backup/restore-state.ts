import pg from 'pg';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import type { Secret } from '../../../../config/values/secret.js';
import { restoredQuery, restoreSchema } from '../../../database/unopened-restore.js';
import { BackupError } from './backup-error.js';

/** What is known of a restore between it and its opening. A service that finds the schema of it waits until it is gone. */
export interface RestoreState {
  /** The time of the backup's snapshot. */
  readonly takenAt: Date;
  readonly restoredAt: Date;
  /** Of the JWT_SECRET with which it was restored. */
  readonly secretMark: string;
  /** Whether accounts that were deleted since the backup have been erased once more. */
  readonly areErasuresApplied: boolean;
}

/** Committed at once. `takenAt`: of the backup, ISO 8601. */
export async function beginRestoreState(
  client: pg.Client,
  takenAt: string,
  secretMark: string,
): Promise<void> {
  await client.query(`
    create schema ${restoreSchema};
    create table ${restoreSchema}.state (singleton boolean primary key default true check (singleton), taken_at timestamptz not null,
      restored_at timestamptz, secret_mark text not null);
    create table ${restoreSchema}.erasures (applied_at timestamptz not null default clock_timestamp());
    insert into ${restoreSchema}.state (taken_at, secret_mark)
      values (${pg.escapeLiteral(takenAt)}, ${pg.escapeLiteral(secretMark)})`);
}

/** In the transaction of the rows. */
export async function noteRestored(client: pg.Client): Promise<void> {
  await client.query(`
    update ${restoreSchema}.state set restored_at = clock_timestamp();
    grant usage on schema ${restoreSchema} to velro_app;
    grant insert on ${restoreSchema}.erasures to velro_app`);
}

/** Null when no restore is waiting to be opened. @throws BackupError when one did not come to its end */
export async function readRestoreState(client: pg.Client): Promise<RestoreState | null> {
  if (!(await isRestored(client))) return null;
  if (!(await isWhole(client)))
    throw new BackupError('the restore did not come to its end: repeat db:restore');
  const { rows } = await client.query<RestoreState>(
    `select taken_at as "takenAt", restored_at as "restoredAt", secret_mark as "secretMark",
      exists (select from ${restoreSchema}.erasures) as "areErasuresApplied" from ${restoreSchema}.state`,
  );
  return rows[0] ?? null;
}

async function isRestored(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ restored: boolean }>(restoredQuery);
  return rows[0]?.restored === true;
}

async function isWhole(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ state: boolean }>(
    `select to_regclass('${restoreSchema}.state') is not null as state`,
  );
  if (rows[0]?.state !== true) return false;
  const { rowCount } = await client.query(`select from ${restoreSchema}.state where restored_at is not null`);
  return rowCount === 1;
}

/**
 * Removes what an interrupted restore has made in a database that was empty; true when there was something. `versions`: of the
 * migrations that are ours, as others record theirs in the same table.
 */
export async function clearInterrupted(client: pg.Client, versions: readonly string[]): Promise<boolean> {
  if (!(await isRestored(client)) || (await isWhole(client))) return false;
  await client.query('begin');
  await client.query('drop schema if exists velro, pgboss cascade');
  const { rows } = await client.query<{ recorded: boolean }>(
    `select to_regclass('supabase_migrations.schema_migrations') is not null as recorded`,
  );
  if (rows[0]?.recorded === true)
    await client.query('delete from supabase_migrations.schema_migrations where version = any($1)', [
      versions,
    ]);
  await client.query(`drop schema ${restoreSchema} cascade`);
  await client.query('commit');
  return true;
}

/** Tells a JWT_SECRET from another one, and nothing of either. */
export const secretMarkOf = (secret: Secret): string => deriveKey(secret, 'restore mark').toString('hex');

/** Opens the database: services that wait go on. */
export async function removeRestoreState(client: pg.Client): Promise<void> {
  await client.query(`drop schema ${restoreSchema} cascade`);
}
