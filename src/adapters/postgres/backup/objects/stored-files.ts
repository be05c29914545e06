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

const objectsFolder = 'objects';

/** Where objects are kept that are encrypted to the public key of the mark; null: where a former version kept all of them. */
export const objectsFolderOf = (mark: string | null): string =>
  mark === null ? objectsFolder : `${objectsFolder}/${mark}`;

/**
 * Of key and content: an object that was replaced has another one. Of a key that nobody can guess, so that who lists the names learns nothing
 * of what is stored.
 */
const hashOfName = `encode(sha256(convert_to(object_key || ':' || encode(sha256, 'hex'), 'UTF8')), 'hex')`;

/**
 * Keeps a list of the files for the session, as its transaction sees them, ordered by the bytes of their names: no transaction stays open for
 * as long as objects are copied. `sample`: so many of them at most, by chance.
 */
export async function declareFiles(client: pg.Client, sample: number | null = null): Promise<void> {
  const chosen =
    sample === null
      ? 'velro.files'
      : `(select * from velro.files order by random() limit ${Math.trunc(sample)}) s`;
  await client.query(`
    declare stored_files no scroll cursor with hold for
    select object_key as key, content_type as "contentType", bytes, encode(sha256, 'hex') as sha256, hash
    from (select *, ${hashOfName} as hash from ${chosen}) f order by hash collate "C"`);
}

/** The files of the list, and its end. */
export async function* declaredFiles(
  client: pg.Client,
  folder: string,
): AsyncGenerator<readonly StoredFile[]> {
  try {
    for (;;) {
      const { rows } = await client.query<
        Omit<StoredFile, 'bytes' | 'name'> & { bytes: string; hash: string }
      >(`fetch ${backupPolicy.objectsBatch} from stored_files`);
      if (rows.length === 0) return;
      yield rows.map(({ key, contentType, bytes, sha256, hash }) => ({
        key,
        contentType,
        bytes: Number(bytes),
        sha256,
        name: `${folder}/${hash.slice(0, 2)}/${hash}.age`,
      }));
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
