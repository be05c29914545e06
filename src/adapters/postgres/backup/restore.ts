import type pg from 'pg';
import type { Secret } from '../../../../config/values/secret.js';
import { heldName } from '../restored-mark.js';
import { restoreSchema } from '../../../database/unopened-restore.js';
import { migrate } from '../migrate.js';
import { hashOf, readMigrations, type Migration } from '../migration-files.js';
import { BackupError } from './backup-error.js';
import { backupNameOf } from './backup-names.js';
import { withoutConstraints } from './constraints.js';
import { copyRows, requireTables } from './copy-rows.js';
import { advisoryLocks } from '../../../database/advisory-locks.js';
import { lockDown } from './lock-down.js';
import type { Manifest } from './manifest/manifest.js';
import {
  beginRestoreState,
  clearRestore,
  noteMigrated,
  noteRestored,
  restoreProgress,
} from './restore-state.js';
import { requireSession, withOwner } from './owner-client.js';
import type { ReadBackup } from './read-backup.js';

export interface RestoreTarget {
  readonly ownerUrl: Secret;
  /** Whose password the service's role gets; null: that role cannot connect. */
  readonly appUrl: Secret | null;
  /** Makes the tables of the embedded default's identities; null where identities are elsewhere. */
  readonly prepareIdentities: (() => Promise<void>) | null;
  /** Of the JWT_SECRET in use. */
  readonly secretMark: string;
}

/** The migrations of the backup. @throws BackupError when this version does not have them as they were applied */
export function migrationsOf(manifest: Manifest, present = readMigrations()): Migration[] {
  const known = new Map(present.map((migration) => [migration.version, migration]));
  return manifest.migrations.map(({ version, hash }) => {
    const migration = known.get(version);
    if (migration === undefined)
      throw new BackupError(
        `the backup has migration ${version}, which this version does not know: restore it by the version that made it, or a newer one`,
      );
    if (hash !== null && hash !== hashOf(migration))
      throw new BackupError(
        `migration ${version} is another one than that of the backup: restore it by the version that made it`,
      );
    return migration;
  });
}

export interface RestoreOptions {
  /** Empties a database first that was restored and not opened: of what the restore made. */
  readonly restarts?: boolean;
  /** Reads every table once more when its rows are there, and compares it with the backup: what differs rolls all of them back. */
  readonly comparesRows?: boolean;
}

/**
 * Restores a verified backup into an empty database at the version of the backup, then migrates it. Its rows come in one transaction, with
 * every session ended and AI turned off. Services that are started on it wait until it is opened. What a restore has left that was interrupted
 * before its rows is removed first, and one behind them goes on. Returns the versions that were applied after those of the backup.
 * @throws BackupError when the database is not empty or in use; nothing was changed then
 */
export async function restore(
  backup: ReadBackup,
  target: RestoreTarget,
  { restarts = false, comparesRows = false }: RestoreOptions = {},
): Promise<string[]> {
  const { manifest } = backup;
  const migrations = migrationsOf(manifest);
  const hasIdentities = target.prepareIdentities !== null;
  if (!hasIdentities && manifest.tables.some(({ schema }) => schema === 'auth'))
    throw new BackupError(
      'the backup holds identities of the embedded default, and those of this database are elsewhere',
    );
  return await withOwner(target.ownerUrl, async (client) => {
    await requireAlone(client, target.ownerUrl);
    if (!(await goesOn(client, manifest, hasIdentities, restarts))) {
      await requireEmpty(client, hasIdentities);
      await beginRestoreState(client, manifest.takenAt, target.secretMark);
      await migrate(target, migrations);
      await target.prepareIdentities?.();
      await restoreRows(client, backup, hasIdentities, comparesRows);
    }
    const applied = await migrate(target);
    await noteMigrated(client);
    return applied;
  });
}

/** True where the rows are there already and only the migrations after the backup are missing. */
async function goesOn(
  client: pg.Client,
  { takenAt }: Manifest,
  hasIdentities: boolean,
  restarts: boolean,
): Promise<boolean> {
  const progress = await restoreProgress(client);
  if (progress === null) return false;
  if (restarts || !progress.isCopied) {
    const versions = readMigrations().map(({ version }) => version);
    await clearRestore(client, versions, hasIdentities && progress.isCopied);
    return false;
  }
  if (progress.isMigrated)
    throw new BackupError(
      'the database is not empty, and nothing was changed: it was restored already and waits for db:open; --restart empties it and restores it again',
    );
  if (progress.takenAt === takenAt) return true;
  throw new BackupError(
    `the database has the rows of another backup, and nothing was changed: --backup ${backupNameOf(progress.takenAt ?? '')} goes on with it, --restart empties it and restores this one`,
  );
}

async function restoreRows(
  client: pg.Client,
  backup: ReadBackup,
  hasIdentities: boolean,
  comparesRows: boolean,
): Promise<void> {
  await client.query('begin');
  try {
    const tables = await requireTables(client, backup.manifest, hasIdentities);
    await withoutConstraints(client, tables, async () => {
      await copyRows(client, backup, tables, comparesRows);
      await lockDown(client);
    });
    await noteRestored(client);
    await client.query('commit');
  } catch (error) {
    // A lost connection has rolled back already.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/**
 * A service that is connected already would not notice that it has to wait.
 * @throws BackupError when one is, or another restore or opening is under way
 */
export async function requireAlone(client: pg.Client, ownerUrl: Secret): Promise<void> {
  await requireSession(client, ownerUrl);
  const { rows } = await client.query<{ alone: boolean; services: string }>(
    `select pg_try_advisory_lock($1) as alone, (select count(*) from pg_stat_activity
       where datname = current_database() and usename = 'velro_app' and application_name <> $2) as services`,
    [advisoryLocks.restore, heldName],
  );
  if (rows[0]?.alone !== true)
    throw new BackupError('another restore or opening is under way in this database');
  if (rows[0].services !== '0')
    throw new BackupError(
      `the service has ${rows[0].services} connections to this database, and nothing was changed: stop every instance first`,
    );
}

async function requireEmpty(client: pg.Client, hasIdentities: boolean): Promise<void> {
  const { rows } = await client.query<{ used: boolean; identities: boolean }>(
    `select to_regclass('auth.users') is not null as identities,
            exists (select from pg_namespace where nspname = '${restoreSchema}') or exists (
              select from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where n.nspname in ('velro', 'pgboss')) as used`,
  );
  const isUsed =
    rows[0]?.used !== false || (hasIdentities && rows[0].identities && (await hasAccounts(client)));
  if (isUsed)
    throw new BackupError(
      'the database is not empty, and nothing was changed: restore into a new one (of the embedded default: another VELRO_HOME)',
    );
}

async function hasAccounts(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query('select from auth.users limit 1');
  return rowCount !== 0;
}
