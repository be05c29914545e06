import { loadConfig, loadMigrationUrl } from '../../config/load-config.js';
import { migrate } from '../adapters/postgres/migrate.js';
import { CommandFailed, runCommand } from './command.js';

// Runs as the database owner, before the service of the same deployment starts.
await runCommand({ usage: 'usage: npm run db:migrate', failure: 'the migration failed' }, async () => {
  // Read first: loadConfig removes DATABASE_MIGRATION_URL from the environment.
  const ownerUrl = loadMigrationUrl();
  const { database } = loadConfig();
  if (database.kind === 'embedded') {
    process.stdout.write('the embedded database is migrated at every start\n');
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
