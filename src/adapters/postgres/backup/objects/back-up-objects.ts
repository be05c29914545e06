import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { backupPolicy } from '../../../../../config/policy/operations/backup.js';
import type { BackupTarget, StoredPart } from '../../../../ports/backup/backup-target.js';
import type { ObjectStorage } from '../../../../ports/object-storage.js';
import { encryptedBytes, encryptionTo, markOf, type Stage } from '../age.js';
import { declaredFiles, isStillStored, objectsFolderOf, type StoredFile } from './stored-files.js';
import { OtherContent, verifiedContent } from './verified-content.js';

export interface ObjectsKept {
  /** Copied now, and kept by an earlier backup. */
  copied: number;
  known: number;
  /** Whose object is missing or has another content: nothing was kept for them. */
  faults: number;
  /** Names of those whose file was deleted since it was listed: nothing is kept, and nothing is missing. */
  gone: string[];
}

/** Told of each file whose object could not be kept. */
export type OnFault = (key: string, what: string) => void;

/**
 * Copies to the target, encrypted, the objects of the declared files that it does not hold whole for this public key. Objects are compared
 * with their files as they are read. Two lists in the same order are walked side by side: what is in memory does not grow with them.
 * @throws StorageUnavailable, BackupTargetUnavailable, the error of the database; what was copied before is kept
 */
export async function backUpObjects(
  client: pg.Client,
  { storage, target, recipient }: { storage: ObjectStorage; target: BackupTarget; recipient: string },
  onFault: OnFault,
): Promise<ObjectsKept> {
  const encrypt = encryptionTo(recipient);
  const folder = objectsFolderOf(markOf(recipient));
  const held = new SortedParts(target.list(folder));
  const kept: ObjectsKept = { copied: 0, known: 0, faults: 0, gone: [] };
  for await (const files of declaredFiles(client, folder))
    for (const file of files) {
      // What is there may have been cut off by whatever keeps it.
      if ((await held.bytesOf(file.name)) === encryptedBytes(file.bytes)) {
        kept.known++;
        continue;
      }
      const fault = await copy(file, { storage, target, encrypt });
      if (fault === null) kept.copied++;
      else if (kept.gone.length < backupPolicy.goneObjects && !(await isStillStored(client, file)))
        kept.gone.push(file.name);
      else {
        kept.faults++;
        onFault(file.key, fault);
      }
    }
  return kept;
}

/** What is wrong with the object; null when it was copied. */
async function copy(
  file: StoredFile,
  { storage, target, encrypt }: { storage: ObjectStorage; target: BackupTarget; encrypt: Stage },
): Promise<string | null> {
  const object = await storage.read(file.key);
  if (object === null) return 'its object is missing';
  const put = (body: AsyncIterable<Uint8Array>): Promise<void> => target.put(file.name, body);
  try {
    await pipeline(object, verifiedContent(file), encrypt, put);
    return null;
  } catch (error) {
    if (error instanceof OtherContent) return 'its object has another content';
    throw error;
  }
}

/** What a target has in order of names, of which ascending ones are asked. */
class SortedParts {
  private readonly parts: AsyncIterator<StoredPart>;
  private next: StoredPart | null = { name: '', bytes: 0 };

  constructor(parts: AsyncIterable<StoredPart>) {
    this.parts = parts[Symbol.asyncIterator]();
  }

  /** Null when there is none of this name. */
  async bytesOf(name: string): Promise<number | null> {
    while (this.next !== null && this.next.name < name) {
      const found = await this.parts.next();
      this.next = found.done === true ? null : found.value;
    }
    return this.next?.name === name ? this.next.bytes : null;
  }
}
