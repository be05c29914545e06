import pg from 'pg';
import { backupPolicy } from '../../../../config/policy/operations/backup.js';
import { BackupError } from './backup-error.js';
import type { Secret } from '../../../../config/values/secret.js';

/** What the form of COPY text depends on, as pg_dump sets it; and no limit of time that a role may have. */
const settings = `
  set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set extra_float_digits = 3; set timezone = 'UTC';
  set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set row_security = off;
  set lock_timeout = ${backupPolicy.lockWaitMs};`;

/**
 * Runs `work` with a connection of the owner that reads and writes COPY text in one form. The signal is aborted when the connection is
 * lost, of which a stream of COPY text does not notice anything.
 */
export async function withOwner<T>(
  ownerUrl: Secret,
  work: (client: pg.Client, lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: ownerUrl.reveal(),
    connectionTimeoutMillis: backupPolicy.connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: backupPolicy.keepAliveMs,
    application_name: 'velro-backup',
  });
  const lost = new AbortController();
  const lose = (): void => {
    lost.abort(new BackupError('the connection to the database was lost'));
  };
  client.on('error', lose).on('end', lose);
  await client.connect();
  try {
    await client.query(settings);
    return await work(client, lost.signal);
  } finally {
    await client.end();
  }
}

/**
 * What `work` resolves to, or the reason of `lost`: a stream of COPY text that is destroyed waits for an answer of its connection.
 */
export async function unlessLost<T>(lost: AbortSignal, work: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const gone = new Promise<never>((_resolve, reject) => {
    const fail = (): void => {
      reject(lost.reason as Error);
    };
    if (lost.aborted) fail();
    else lost.addEventListener('abort', fail, { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([work, gone]);
  } finally {
    settled.abort();
  }
}
