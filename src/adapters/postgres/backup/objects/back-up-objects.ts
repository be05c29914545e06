import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import type { BackupTarget } from '../../../../ports/backup/backup-target.js';
import type { ObjectStorage } from '../../../../ports/object-storage.js';
import { encryptionTo, type Stage } from '../age.js';
import { filesOf, isStillStored, objectsFolder, type StoredFile } from './stored-files.js';
import { OtherContent, verifiedContent } from './verified-content.js';

export interface ObjectsKept {
  /** Copied now, and kept by an earlier backup. */
  copied: number;
  known: number;
  /** Whose object is missing or has another content: nothing was kept for them. */
  faults: number;
}

/** Told of each file whose object could not be kept. */
export type OnFault = (key: string, what: string) => void;

/**
 * Copies to the target, encrypted, the objects of all files that it does not hold yet. Objects are compared with their files as they are read. Two
 * lists in the same order are walked side by side: what is in memory does not grow with them.
 * @throws StorageUnavailable, BackupTargetUnavailable, the error of the database; what was copied before is kept
 */
export async function backUpObjects(
  client: pg.Client,
  { storage, target, recipient }: { storage: ObjectStorage; target: BackupTarget; recipient: string },
  onFault: OnFault,
): Promise<ObjectsKept> {
  const encrypt = encryptionTo(recipient);
  const held = new SortedNames(target.names(objectsFolder));
  const kept: ObjectsKept = { copied: 0, known: 0, faults: 0 };
  for await (const files of filesOf(client))
    for (const file of files) {
      if (await held.has(file.name)) {
        kept.known++;
        continue;
      }
      const fault = await copy(file, { storage, target, encrypt });
      if (fault === null) kept.copied++;
      // Removed since the list was made: nothing is missing.
      else if (await isStillStored(client, file)) {
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

/** Names in order, of which ascending ones are asked. */
class SortedNames {
  private readonly names: AsyncIterator<string>;
  private next: string | null = '';

  constructor(names: AsyncIterable<string>) {
    this.names = names[Symbol.asyncIterator]();
  }

  async has(name: string): Promise<boolean> {
    while (this.next !== null && this.next < name) {
      const found = await this.names.next();
      this.next = found.done === true ? null : found.value;
    }
    return this.next === name;
  }
}
