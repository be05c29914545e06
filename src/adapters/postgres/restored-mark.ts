import pg from 'pg';
import { backupPolicy } from '../../../config/policy/operations/backup.js';
import type { Secret } from '../../../config/values/secret.js';
import { restoredQuery } from '../../database/unopened-restore.js';

/** A service that waits for the opening connects by this name, for a moment. */
export const heldName = 'velro-held';

/** Whether the database was restored and has not been opened. Null when it does not answer. */
export async function isRestored(url: Secret): Promise<boolean | null> {
  const client = new pg.Client({
    connectionString: url.reveal(),
    connectionTimeoutMillis: backupPolicy.connectTimeoutMs,
    query_timeout: backupPolicy.connectTimeoutMs,
    application_name: heldName,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ restored: boolean }>(restoredQuery);
    return rows[0]?.restored ?? null;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => undefined);
  }
}
