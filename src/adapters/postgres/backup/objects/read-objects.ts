import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { BackupTargetUnavailable, type BackupTarget } from '../../../../ports/backup/backup-target.js';
import { decryptionBy, type Stage } from '../age.js';
import { nowhere } from '../digest.js';
import { declaredFiles, declareFiles, type StoredFile } from './stored-files.js';
import { verifiedContent } from './verified-content.js';

export interface ObjectsRead {
  /** Files that the database has. */
  readonly files: number;
  /** Whose object was read, or asked for. */
  readonly read: number;
  /** Of which the backup has not what the file says. */
  readonly faults: number;
}

/**
 * Reads the objects of files of a restored database from its backup, decrypts them and compares them with their files; keeps nothing. `sample`:
 * of so many at most, by chance; null: of all.
 * @throws BackupTargetUnavailable, the error of the database
 */
export async function readObjects(
  client: pg.Client,
  kept: { readonly target: BackupTarget; readonly identityFile: string; readonly folder: string },
  gone: ReadonlySet<string>,
  sample: number | null,
): Promise<ObjectsRead> {
  const decrypt = decryptionBy(kept.identityFile);
  const { rows } = await client.query<{ files: number }>('select count(*)::int as files from velro.files');
  let [read, faults] = [0, 0];
  await declareFiles(client, sample);
  for await (const files of declaredFiles(client, kept.folder))
    for (const file of files) {
      if (gone.has(file.name)) continue;
      read++;
      if (!(await isKept(file, kept.target, decrypt))) faults++;
    }
  return { files: rows[0]?.files ?? 0, read, faults };
}

async function isKept(file: StoredFile, target: BackupTarget, decrypt: Stage): Promise<boolean> {
  const stored = await target.read(file.name);
  if (stored === null) return false;
  try {
    await pipeline(stored, decrypt, verifiedContent(file), nowhere());
    return true;
  } catch (error) {
    if (error instanceof BackupTargetUnavailable || stored.errored instanceof BackupTargetUnavailable)
      throw error;
    return false;
  }
}
