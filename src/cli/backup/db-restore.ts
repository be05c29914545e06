import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../config/config.js';
import { loadConfig, loadMigrationUrl } from '../../../config/load-config.js';
import type { Secret } from '../../../config/values/secret.js';
import { newestIn } from '../../adapters/postgres/backup/backup-names.js';
import { rowsIn } from '../../adapters/postgres/backup/manifest/manifest.js';
import { objectsFolderOf } from '../../adapters/postgres/backup/objects/stored-files.js';
import { restoreObjects } from '../../adapters/postgres/backup/objects/restore-objects.js';
import { withOwner } from '../../adapters/postgres/backup/owner-client.js';
import { ReadBackup } from '../../adapters/postgres/backup/read-backup.js';
import {
  migrationsOf,
  requireAlone,
  restore,
  type RestoreTarget,
} from '../../adapters/postgres/backup/restore.js';
import { secretMarkOf } from '../../adapters/postgres/backup/restore-state.js';
import { configuredStorage } from '../../adapters/storing.js';
import type { BackupTarget } from '../../ports/backup/backup-target.js';
import { CommandFailed, runCommand } from '../command.js';
import { targetOf } from './target.js';
import { unauthenticatedWarning } from './unauthenticated.js';
import { identityIn, optionsIn, required } from './options.js';

const usage = `usage: npm run db:restore -- [--from <folder>] --identity <file> [--backup <name>] [--without-objects | --only-objects] [--restart]
  [--accept-unauthenticated]
Verifies a backup of the folder, or of BACKUP_TARGET, the newest unless one is named, then restores it into an empty database, as its owner, and migrates it; then stores the
objects that the storage does not have. No service may run meanwhile. Every session has ended afterwards, AI is off, and services wait
until db:open. An interrupted restore is repeated by the same command: it goes on behind its rows, and else begins again; --only-objects goes on
where objects were interrupted. --restart empties a database that was restored and not opened, and restores again. A backup that was not made
with AUDIT_ENC_KEY, or the one before, is refused unless --accept-unauthenticated takes it.
Exit 0: restored. Exit 1: failed, or objects are missing, one line each. Exit 2: invalid arguments.`;

type Work = (database: RestoreTarget) => Promise<number>;

/** Of the embedded default, its database is started for the work, and no service can start meanwhile. */
async function withDatabase(config: Config, migrationUrl: Secret | null, work: Work): Promise<number> {
  const secretMark = secretMarkOf(config.tokens.current);
  if (config.database.kind === 'embedded') {
    // Imported dynamically: the image does not contain the embedded database.
    const { withStoppedHome } = await import('../../adapters/embedded/stopped-home.js');
    // A disk whose folder is missing is taken to be away.
    mkdirSync(join(config.home, 'objects'), { recursive: true, mode: 0o700 });
    return await withStoppedHome(config, (home) => work({ ...home, secretMark }));
  }
  if (migrationUrl === null)
    throw new CommandFailed("DATABASE_MIGRATION_URL is not set: a restore runs as the database's owner");
  const appUrl = config.database.url;
  return await work({ ownerUrl: migrationUrl, appUrl, prepareIdentities: null, secretMark });
}

async function restoreRows(backup: ReadBackup, database: RestoreTarget, restarts: boolean): Promise<void> {
  const applied = await restore(backup, database, { restarts });
  const { tables, takenAt, handMade } = backup.manifest;
  if (handMade.length > 0)
    process.stderr.write(`WARNING: not made by a migration, and left out: ${handMade.join(', ')}\n`);
  const rows = rowsIn(backup.manifest);
  const migrated = applied.length === 0 ? '' : `, then applied ${applied.join(', ')}`;
  process.stdout.write(`restored ${tables.length} tables, ${rows} rows of ${takenAt}${migrated}\n`);
}

/** Returns the exit code. */
async function restoreStored(
  config: Config,
  ownerUrl: Secret,
  backup: ReadBackup,
  source: { readonly target: BackupTarget; readonly identityFile: string },
): Promise<number> {
  const folder = objectsFolderOf(backup.manifest.recipient);
  const kept = { ...source, storage: configuredStorage(config), folder, gone: await backup.gone() };
  const { restored, present, faults, gone } = await withOwner(ownerUrl, async (client) => {
    // One that serves would delete and replace files meanwhile.
    await requireAlone(client, ownerUrl);
    return await restoreObjects(client, kept, (key, what) => {
      process.stdout.write(`${key}: ${what}\n`);
    });
  });
  process.stdout.write(`objects: ${restored} restored, ${present} there already, ${faults} missing\n`);
  if (gone > 0) process.stdout.write(`objects: ${gone} were deleted while the backup was made\n`);
  return faults === 0 ? 0 : 1;
}

await runCommand({ usage, failure: 'the restore failed' }, async (args) => {
  const given = optionsIn(
    args,
    ['from', 'identity', 'backup'],
    ['without-objects', 'only-objects', 'restart', 'accept-unauthenticated'],
  );
  const identityFile = await identityIn(required(given.identity));
  // Read first: loadConfig removes DATABASE_MIGRATION_URL from the environment.
  const migrationUrl = loadMigrationUrl();
  const config = loadConfig();
  const target = targetOf(given.from, config);
  const backup = await ReadBackup.open(target, given.backup ?? (await newestIn(target)), {
    identityFile,
    keys: config.audit.key,
    acceptsUnauthenticated: given['accept-unauthenticated'] === true,
  });
  if (!backup.isAuthentic) process.stderr.write(unauthenticatedWarning);
  if (given['only-objects'] !== true) {
    migrationsOf(backup.manifest);
    await backup.verify();
  }
  return await withDatabase(config, migrationUrl, async (database) => {
    if (given['only-objects'] !== true) await restoreRows(backup, database, given.restart === true);
    const code =
      given['without-objects'] === true
        ? 0
        : await restoreStored(config, database.ownerUrl, backup, { target, identityFile });
    process.stdout.write(
      'Every session has ended and AI is off. Services wait: verify with audit:verify, credits:verify and storage:verify, then run db:open.\n',
    );
    return code;
  });
});
