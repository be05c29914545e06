import { loadConfig, loadMigrationUrl } from '../../../config/load-config.js';
import { BackupFolder } from '../../adapters/disk/backup-folder.js';
import { newestIn } from '../../adapters/postgres/backup/backup-names.js';
import { ReadBackup } from '../../adapters/postgres/backup/read-backup.js';
import { migrationsOf, restore } from '../../adapters/postgres/backup/restore.js';
import { secretMarkOf } from '../../adapters/postgres/backup/restore-state.js';
import { CommandFailed, runCommand } from '../command.js';
import { identityIn, optionsIn, required } from './options.js';

const usage = `usage: npm run db:restore -- --from <folder> --identity <file> [--backup <name>]
Verifies a backup, the newest unless one is named, then restores it into an empty database, as its owner, and migrates it. No service
may run meanwhile. Every session has ended afterwards, AI is off, and services wait until db:open. What an interrupted restore has left is
removed first. Exit 0: restored. Exit 1: failed. Exit 2: invalid arguments.`;

async function restoreInto(backup: ReadBackup): Promise<string[]> {
  // Read first: loadConfig removes DATABASE_MIGRATION_URL from the environment.
  const ownerUrl = loadMigrationUrl();
  const config = loadConfig();
  const secretMark = secretMarkOf(config.tokens.current);
  if (config.database.kind === 'embedded') {
    // Imported dynamically: the image does not contain the embedded database.
    const { withStoppedHome } = await import('../../adapters/embedded/stopped-home.js');
    return await withStoppedHome(config, (home) => restore(backup, { ...home, secretMark }));
  }
  if (ownerUrl === null)
    throw new CommandFailed("DATABASE_MIGRATION_URL is not set: a restore runs as the database's owner");
  const appUrl = config.database.url;
  return await restore(backup, { ownerUrl, appUrl, prepareIdentities: null, secretMark });
}

await runCommand({ usage, failure: 'the restore failed' }, async (args) => {
  const { from, identity, backup: named } = optionsIn(args, ['from', 'identity', 'backup']);
  const target = new BackupFolder(required(from));
  const text = await identityIn(required(identity));
  const backup = await ReadBackup.open(target, named ?? (await newestIn(target)), text);
  migrationsOf(backup.manifest);
  await backup.verify();
  const applied = await restoreInto(backup);
  const { tables, takenAt } = backup.manifest;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const migrated = applied.length === 0 ? '' : `, then applied ${applied.join(', ')}`;
  process.stdout.write(
    `restored ${tables.length} tables, ${rows} rows of ${takenAt}${migrated}\n` +
      'Every session has ended and AI is off. Services wait: verify with audit:verify, credits:verify and storage:verify, then run db:open.\n',
  );
  return 0;
});
