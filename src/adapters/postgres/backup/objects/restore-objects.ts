import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { BackupTargetUnavailable, type BackupTarget } from '../../../../ports/backup/backup-target.js';
import type { ObjectStorage } from '../../../../ports/object-storage.js';
import { decryptionBy, type Stage } from '../age.js';
import { nowhere } from '../digest.js';
import type { OnFault } from './back-up-objects.js';
import { declaredFiles, declareFiles, type StoredFile } from './stored-files.js';
import { OtherContent, verifiedContent } from './verified-content.js';

export interface ObjectsRestored {
  restored: number;
  /** Which the storage has as their files say. */
  present: number;
  /** Which neither the storage nor the backup has as their files say. */
  faults: number;
  /** Whose files were deleted while the backup was made: nobody has them. */
  gone: number;
}

export interface KeptObjects {
  readonly storage: ObjectStorage;
  readonly target: BackupTarget;
  readonly identityFile: string;
  /** In which the backup keeps them. */
  readonly folder: string;
  /** Names of which the backup says that they were deleted. */
  readonly gone: ReadonlySet<string>;
}

/**
 * Stores again the objects of all files of a restored database that the storage does not have, or not as the file says. Repeated, it goes on where it
 * was.
 * @throws StorageUnavailable, BackupTargetUnavailable, the error of the database
 */
export async function restoreObjects(
  client: pg.Client,
  { storage, target, identityFile, folder, gone }: KeptObjects,
  onFault: OnFault,
): Promise<ObjectsRestored> {
  const decrypt = decryptionBy(identityFile);
  const outcome: ObjectsRestored = { restored: 0, present: 0, faults: 0, gone: 0 };
  await declareFiles(client);
  for await (const files of declaredFiles(client, folder))
    for (const file of files) {
      if (await isPresent(file, storage)) {
        outcome.present++;
        continue;
      }
      const fault = await restoreOne(file, { storage, target, decrypt });
      if (fault === null) outcome.restored++;
      else if (gone.has(file.name)) outcome.gone++;
      else {
        outcome.faults++;
        onFault(file.key, fault);
      }
    }
  return outcome;
}

async function isPresent(file: StoredFile, storage: ObjectStorage): Promise<boolean> {
  const object = await storage.read(file.key);
  if (object === null) return false;
  try {
    await pipeline(object, verifiedContent(file), nowhere());
    return true;
  } catch (error) {
    if (error instanceof OtherContent) return false;
    throw error;
  }
}

/** What is wrong; null when the object was stored. */
async function restoreOne(
  file: StoredFile,
  { storage, target, decrypt }: { storage: ObjectStorage; target: BackupTarget; decrypt: Stage },
): Promise<string | null> {
  const kept = await target.read(file.name);
  if (kept === null) return 'the backup does not hold its object';
  const body = Readable.from(verifiedContent(file)(decrypt(kept)));
  // It must not end the process while the storage does not read.
  body.on('error', () => undefined);
  try {
    await storage.put(file.key, body, file.contentType);
    return null;
  } catch (error) {
    // A target that does not answer is no fault of what it holds.
    if (body.errored === null || isUnavailable(body.errored) || isUnavailable(kept.errored)) throw error;
    return 'what the backup holds of its object cannot be read';
  } finally {
    kept.destroy();
  }
}

const isUnavailable = (error: unknown): boolean => error instanceof BackupTargetUnavailable;
