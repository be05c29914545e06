import { ConfigurationError, loadConfig, loadMigrationUrl } from '../../config/load-config.js';
import { migrate } from '../adapters/postgres/migrate.js';

// `npm run db:migrate`: as the owner, before the service of the same deploy starts.
try {
  // In this order: loading the configuration drops the owner's address.
  const ownerUrl = loadMigrationUrl();
  const { database } = loadConfig();
  if (database.kind === 'embedded') {
    process.stdout.write('the embedded database brings itself up to date at every start\n');
  } else if (ownerUrl === null) {
    process.exitCode = 1;
    process.stderr.write("DATABASE_MIGRATION_URL is not set: migrations run as the database's owner\n");
  } else {
    const applied = await migrate({ ownerUrl, appUrl: database.url });
    process.stdout.write(
      applied.length === 0 ? 'the database is up to date\n' : `applied ${applied.join(', ')}\n`,
    );
  }
} catch (error) {
  process.exitCode = 1;
  if (error instanceof ConfigurationError) process.stderr.write(`${error.report()}\n`);
  else
    process.stderr.write(`the migration failed: ${error instanceof Error ? error.message : String(error)}\n`);
}
