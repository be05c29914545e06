import { sql } from 'kysely';
import type { Database } from './database.js';

/**
 * The mark of a database that was restored, wholly or not, and has not been opened: a schema, whose name every role can see. It is there from
 * the first step of a restore, so that half a restore is not served either.
 */
export const restoreSchema = 'velro_restore';

/** SQL: one row with `restored`. */
export const restoredQuery = `select exists (select from pg_namespace where nspname = '${restoreSchema}') as restored`;

export async function isUnopenedRestore(database: Database): Promise<boolean> {
  const { rows } = await sql.raw<{ restored: boolean }>(restoredQuery).execute(database.query);
  return rows[0]?.restored === true;
}
