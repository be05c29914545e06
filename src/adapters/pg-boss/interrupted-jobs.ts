import pg from 'pg';
import type { Secret } from '../../../config/secret.js';

/**
 * Gives the jobs of a killed worker back to the queue at once, instead of when their heartbeat has been missed. Only
 * for a start that knows that no other worker is alive. Fetching a job again counts as a try; one that has none left
 * ends the library's own way.
 */
export async function returnInterruptedJobs(ownerUrl: Secret): Promise<void> {
  const client = new pg.Client({
    connectionString: ownerUrl.reveal(),
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
    application_name: 'velro-migrate',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`
      update pgboss.job set state = 'retry', start_after = now(), heartbeat_on = null
      where state = 'active' and retry_count < retry_limit`);
  } finally {
    await client.end();
  }
}
