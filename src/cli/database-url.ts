import type { Config } from '../../config/config.js';
import type { Secret } from '../../config/values/secret.js';

/** Where the service's own database listens: the configured one, or the embedded one while its service runs. */
export async function databaseUrl({ database, home }: Config): Promise<Secret> {
  if (database.kind === 'postgres') return database.url;
  // Loaded only here: the image has no embedded database.
  const { runningAppUrl } = await import('../adapters/embedded/postgres/running-cluster.js');
  return runningAppUrl(home);
}
