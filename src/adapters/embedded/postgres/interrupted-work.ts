import pg from 'pg';
import type { Secret } from '../../../../config/values/secret.js';

/**
 * Gives up at once what a killed worker held, instead of when its heartbeat has been missed or its lease has ended. Only
 * for a start that knows that no other worker is alive. Fetching a job of the queue again counts as a try; one that has
 * none left ends the library's own way.
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
