import { loadConfig, loadMigrationUrl } from '../../config/load-config.js';
import { migrate } from '../adapters/postgres/migrate.js';
import { CommandFailed, runCommand } from './command.js';

// As the owner, before the service of the same deploy starts.
await runCommand({ usage: 'usage: npm run db:migrate', failure: 'the migration failed' }, async () => {
  // In this order: loading the configuration drops the owner's address.
  const ownerUrl = loadMigrationUrl();
  const { database } = loadConfig();
  if (database.kind === 'embedded') {
    process.stdout.write('the embedded database brings itself up to date at every start\n');
    return 0;
  }
  if (ownerUrl === null)
    throw new CommandFailed("DATABASE_MIGRATION_URL is not set: migrations run as the database's owner");
  const applied = await migrate({ ownerUrl, appUrl: database.url });
  process.stdout.write(
    applied.length === 0 ? 'the database is up to date\n' : `applied ${applied.join(', ')}\n`,
  );
  return 0;
});
