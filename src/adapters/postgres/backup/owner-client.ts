import pg from 'pg';
import { backupPolicy } from '../../../../config/policy/operations/backup.js';
import type { Secret } from '../../../../config/values/secret.js';

/** What the form of COPY text depends on, as pg_dump sets it; and no limit of time that a role may have. */
const settings = `
  set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set extra_float_digits = 3; set timezone = 'UTC';
  set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set row_security = off;
  set lock_timeout = ${backupPolicy.lockWaitMs};`;

/** Runs `work` with a connection of the owner that reads and writes COPY text in one form. */
export async function withOwner<T>(ownerUrl: Secret, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: ownerUrl.reveal(),
    connectionTimeoutMillis: backupPolicy.connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: backupPolicy.keepAliveMs,
    application_name: 'velro-backup',
  });
  // A lost connection rejects the running query and must not end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(settings);
    return await work(client);
  } finally {
    await client.end();
  }
}
