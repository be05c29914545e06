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
      restored_at timestamptz, migrated_at timestamptz, secret_mark text not null);
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

/** Behind the migrations that came after the backup. */
export async function noteMigrated(client: pg.Client): Promise<void> {
  await client.query(`update ${restoreSchema}.state set migrated_at = clock_timestamp()`);
}

/** How far a restore has come that was not opened. */
export interface RestoreProgress {
  /** ISO 8601; null while it had not begun with anything else. */
  readonly takenAt: string | null;
  /** Whether its rows are there, and whether the migrations after the backup are. */
  readonly isCopied: boolean;
  readonly isMigrated: boolean;
  readonly secretMark: string | null;
}

/** Null when there was none. */
export async function restoreProgress(client: pg.Client): Promise<RestoreProgress | null> {
  const { rows: marks } = await client.query<{ restored: boolean }>(restoredQuery);
  if (marks[0]?.restored !== true) return null;
  const { rows: tables } = await client.query<{ state: boolean }>(
    `select to_regclass('${restoreSchema}.state') is not null as state`,
  );
  const nothing = { takenAt: null, isCopied: false, isMigrated: false, secretMark: null };
  if (tables[0]?.state !== true) return nothing;
  const { rows } = await client.query<Omit<RestoreProgress, 'takenAt'> & { takenAt: Date }>(
    `select taken_at as "takenAt", restored_at is not null as "isCopied", migrated_at is not null as "isMigrated",
       secret_mark as "secretMark" from ${restoreSchema}.state`,
  );
  return rows[0] === undefined ? nothing : { ...rows[0], takenAt: rows[0].takenAt.toISOString() };
}

/** Null when no restore is waiting to be opened. @throws BackupError when one did not come to its end */
export async function readRestoreState(client: pg.Client): Promise<RestoreState | null> {
  const progress = await restoreProgress(client);
  if (progress === null) return null;
  if (!progress.isMigrated) throw new BackupError('the restore did not come to its end: repeat db:restore');
  const { rows } = await client.query<RestoreState>(
    `select taken_at as "takenAt", restored_at as "restoredAt", secret_mark as "secretMark",
      exists (select from ${restoreSchema}.erasures) as "areErasuresApplied" from ${restoreSchema}.state`,
  );
  return rows[0] ?? null;
}

/**
 * Removes what a restore that was not opened has made in a database that was empty. `versions`: of the migrations that are ours, as
 * others record theirs in the same table. `hasIdentities`: whether it has made accounts of the embedded default.
 */
export async function clearRestore(
  client: pg.Client,
  versions: readonly string[],
  hasIdentities: boolean,
): Promise<void> {
  await client.query('begin');
  await client.query('drop schema if exists velro, pgboss cascade');
  const { rows } = await client.query<{ recorded: boolean; accounts: boolean }>(
    `select to_regclass('supabase_migrations.schema_migrations') is not null as recorded,
            to_regclass('auth.users') is not null as accounts`,
  );
  if (rows[0]?.recorded === true)
    await client.query('delete from supabase_migrations.schema_migrations where version = any($1)', [
      versions,
    ]);
  if (hasIdentities && rows[0]?.accounts === true)
    await client.query('delete from auth.identities; delete from auth.users');
  await client.query(`drop schema ${restoreSchema} cascade`);
  await client.query('commit');
}

/** Tells a JWT_SECRET from another one, and nothing of either. */
export const secretMarkOf = (secret: Secret): string => deriveKey(secret, 'restore mark').toString('hex');

/** Opens the database: services that wait go on. */
export async function removeRestoreState(client: pg.Client): Promise<void> {
  await client.query(`drop schema ${restoreSchema} cascade`);
}
