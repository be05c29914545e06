import type pg from 'pg';
import { backupPolicy } from '../../../../../config/policy/operations/backup.js';

/** A file, and the name under which a backup keeps its object. */
export interface StoredFile {
  readonly key: string;
  readonly contentType: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly name: string;
}

export const objectsFolder = 'objects';

/**
 * Of key and content: an object that was replaced has another one. Of a key that nobody can guess, so that who lists the names learns nothing
 * of what is stored.
 */
const hashOfName = `encode(sha256(convert_to(object_key || ':' || encode(sha256, 'hex'), 'UTF8')), 'hex')`;

/**
 * The files as they are when the first is asked for, ordered by the bytes of their names. The database keeps the result for the session, so that no
 * transaction stays open for as long as objects are copied.
 */
export async function* filesOf(client: pg.Client): AsyncGenerator<readonly StoredFile[]> {
  await client.query(`
    declare stored_files no scroll cursor with hold for
    select object_key as key, content_type as "contentType", bytes, encode(sha256, 'hex') as sha256,
      '${objectsFolder}/' || left(hash, 2) || '/' || hash || '.age' as name
    from (select *, ${hashOfName} as hash from velro.files) f order by hash collate "C"`);
  try {
    for (;;) {
      const { rows } = await client.query<Omit<StoredFile, 'bytes'> & { bytes: string }>(
        `fetch ${backupPolicy.objectsBatch} from stored_files`,
      );
      if (rows.length === 0) return;
      yield rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
    }
  } finally {
    // A lost connection has closed it.
    await client.query('close stored_files').catch(() => undefined);
  }
}

/** Whether the file is still there with this content: removed or replaced meanwhile, its object need not be. */
export async function isStillStored(
  client: pg.Client,
  { key, sha256 }: Pick<StoredFile, 'key' | 'sha256'>,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from velro.files where object_key = $1 and sha256 = decode($2, 'hex')`,
    [key, sha256],
  );
  return rowCount !== 0;
}
