import pg from 'pg';
import { backupPolicy } from '../../../../config/policy/operations/backup.js';
import type { Secret } from '../../../../config/values/secret.js';
import { BackupError } from './backup-error.js';

/** What the form of COPY text depends on, as pg_dump sets it; and no limit of time that a role may have. */
const settings = `
  set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set extra_float_digits = 3; set timezone = 'UTC';
  set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set row_security = off;
  set lock_timeout = ${backupPolicy.lockWaitMs};`;

/**
 * A transaction pooler gives the connection of one that waits between two statements to whoever asks next, with its locks and settings: then nobody
 * is alone, and what was declared is gone.
 * @throws BackupError where the URL leads to one
 */
export async function requireSession(client: pg.Client, ownerUrl: Secret): Promise<void> {
  const first = await processOf(client);
  const second = await withOwner(ownerUrl, processOf);
  if (first !== second && (await processOf(client)) === first) return;
  throw new BackupError(
    'the database is reached through a transaction pooler, and nothing was changed: connect directly, or to the session pooler, port 5432',
  );
}

async function processOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

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
