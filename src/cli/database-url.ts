import type { Config } from '../../config/config.js';
import type { Secret } from '../../config/values/secret.js';

/** Connection URL of the service's database: the configured one, or the embedded one, which runs only while its service does. */
export async function databaseUrl({ database, home }: Config): Promise<Secret> {
  if (database.kind === 'postgres') return database.url;
  // Imported dynamically: the image does not contain the embedded database.
  const { runningAppUrl } = await import('../adapters/embedded/postgres/running-cluster.js');
  return runningAppUrl(home);
}
