import type { Config } from '../../../config/config.js';
import type { Secret } from '../../../config/values/secret.js';
import { CommandFailed } from '../command.js';

/**
 * The URL by which the owner of the database connects. `migrationUrl`: DATABASE_MIGRATION_URL, read before the configuration was. The
 * embedded database runs only while its service does.
 * @throws CommandFailed when there is none; EmbeddedError when the embedded database does not run
 */
export async function ownerUrlOf({ database, home }: Config, migrationUrl: Secret | null): Promise<Secret> {
  if (database.kind === 'embedded') {
    // Imported dynamically: the image does not contain the embedded database.
    const { runningOwnerUrl } = await import('../../adapters/embedded/postgres/running-cluster.js');
    return runningOwnerUrl(home);
  }
  if (migrationUrl === null)
    throw new CommandFailed(
      "DATABASE_MIGRATION_URL is not set: backups are made, restored and opened as the database's owner",
    );
  return migrationUrl;
}
