import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { ResumableRepository } from '../resumable/resumable.repository.js';
import { FileRemoval } from './file-removal.js';
import { RemovableFilesRepository } from './removable-files.repository.js';
import { StorageRemovals } from './storage-removals.js';

/** All that an account keeps in the storage, for its erasure: in batches, each of which may be the last that a killed process did. */
@Injectable()
export class AccountFilesService {
  constructor(
    private readonly database: Database,
    private readonly files: RemovableFilesRepository,
    private readonly removal: FileRemoval,
    private readonly uploads: ResumableRepository,
    private readonly removals: StorageRemovals,
  ) {}

  /** Deletes at most `atMost` files, none of which a running generation may use; returns how many. */
  async eraseFiles(userId: string, atMost: number): Promise<number> {
    const ids = await this.files.ofAccount(userId, atMost);
    return ids.length === 0 ? 0 : this.removal.remove(userId, ids, { isErased: true });
  }

  /** Deletes at most `atMost` unfinished uploads with their parts; returns how many. */
  eraseUploads(userId: string, atMost: number): Promise<number> {
    return this.database.transaction(async (tx) => {
      const ids = await this.uploads.ofAccount(userId, atMost);
      const [first] = ids;
      if (first === undefined) return 0;
      await this.removals.request(tx, first, await this.uploads.remove(tx, userId, ids), userId);
      return ids.length;
    });
  }

  /** Removes the objects of what was erased, without waiting for their job. @throws the storage's error */
  removeObjects(userId: string, signal: AbortSignal): Promise<void> {
    return this.removals.sweepOf(userId, signal);
  }
}
