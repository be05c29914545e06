import { loadConfig, loadMigrationUrl } from '../../../config/load-config.js';
import { backUpObjects } from '../../adapters/postgres/backup/objects/back-up-objects.js';
import { withOwner } from '../../adapters/postgres/backup/owner-client.js';
import { writeBackup } from '../../adapters/postgres/backup/write-backup.js';
import { configuredStorage } from '../../adapters/storing.js';
import { runCommand } from '../command.js';
import { optionsIn, required } from './options.js';
import { targetOf } from './target.js';
import { ownerUrlOf } from './owner-database.js';

const usage = `usage: npm run db:backup [-- [--to <folder>] [--recipient <age1…>] [--without-objects]]
Writes one state of the database below <folder>, or to BACKUP_TARGET, as its owner, encrypted to the public key or BACKUP_RECIPIENT, then copies the objects that are not there yet.
May run while the service runs. Exit 0: written. Exit 1: failed, and what was written is no backup, or objects are missing or damaged, one
line each, and the rest is one. Exit 2: invalid arguments.`;

await runCommand({ usage, failure: 'the backup failed' }, async (args) => {
  const given = optionsIn(args, ['to', 'recipient'], ['without-objects']);
  // Read first: loadConfig removes DATABASE_MIGRATION_URL from the environment.
  const migrationUrl = loadMigrationUrl();
  const config = loadConfig();
  const target = targetOf(given.to, config);
  const recipient = required(given.recipient ?? config.backup?.recipient);
  const hasIdentities = config.database.kind === 'embedded';
  const ownerUrl = await ownerUrlOf(config, migrationUrl);
  const { name, manifest } = await writeBackup({ ownerUrl, hasIdentities }, target, recipient);
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  process.stdout.write(`${target.label}: backup ${name}, ${manifest.tables.length} tables, ${rows} rows\n`);
  if (given['without-objects'] === true) return 0;
  const storage = configuredStorage(config);
  const { copied, known, faults } = await withOwner(ownerUrl, (client) =>
    backUpObjects(client, { storage, target, recipient }, (key, what) => {
      process.stdout.write(`${key}: ${what}\n`);
    }),
  );
  process.stdout.write(`objects: ${copied} copied, ${known} there already, ${faults} missing or damaged\n`);
  return faults === 0 ? 0 : 1;
});
