import pg from 'pg';
import type { Secret } from '../../../../config/values/secret.js';

/**
 * Releases at once the jobs and leases of a killed worker, instead of after the missed heartbeat or the end of the
 * lease. Only for a start that holds the lock, when no other worker runs. Fetching a job again counts as an attempt;
 * one without attempts left ends as the library does it.
 */
export async function returnInterruptedWork(ownerUrl: Secret): Promise<void> {
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
    await client.query(`
      update velro.generations set due_at = now() where status in ('submitting', 'processing') and due_at > now()`);
  } finally {
    await client.end();
  }
}
