import { loadConfig, loadMigrationUrl } from '../../../config/load-config.js';
import { BackupFolder } from '../../adapters/disk/backup-folder.js';
import { writeBackup } from '../../adapters/postgres/backup/write-backup.js';
import { runCommand } from '../command.js';
import { optionsIn, required } from './options.js';
import { ownerUrlOf } from './owner-database.js';

const usage = `usage: npm run db:backup -- --to <folder> --recipient <age1…>
Writes one state of the database below <folder>, as its owner, encrypted to the public key. May run while the service runs.
Exit 0: written. Exit 1: failed, and what was written is no backup. Exit 2: invalid arguments.`;

await runCommand({ usage, failure: 'the backup failed' }, async (args) => {
  const { to, recipient } = optionsIn(args, ['to', 'recipient']);
  const [target, key] = [new BackupFolder(required(to)), required(recipient)];
  // Read first: loadConfig removes DATABASE_MIGRATION_URL from the environment.
  const migrationUrl = loadMigrationUrl();
  const config = loadConfig();
  const hasIdentities = config.database.kind === 'embedded';
  const ownerUrl = await ownerUrlOf(config, migrationUrl);
  const { name, manifest } = await writeBackup({ ownerUrl, hasIdentities }, target, key);
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  process.stdout.write(`${target.label}: backup ${name}, ${manifest.tables.length} tables, ${rows} rows\n`);
  return 0;
});
