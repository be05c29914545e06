import pg from 'pg';
import { verificationPolicy } from '../../config/policy/operations/verification.js';
import type { Secret } from '../../config/values/secret.js';

const { statementTimeoutMs } = verificationPolicy;

/** Runs `work` with a connection that cannot write. Rejects with the error of the PostgreSQL driver, or that of `work`. */
export async function withReadOnlyClient<T>(
  url: Secret,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: url.reveal(),
    connectionTimeoutMillis: 10_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 1000,
    keepAlive: true,
    application_name: 'velro-verify',
  });
  // A lost connection rejects the running query and must not end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('set default_transaction_read_only = on');
    return await work(client);
  } finally {
    await client.end();
  }
}
