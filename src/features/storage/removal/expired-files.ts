import { Injectable } from '@nestjs/common';
import { expiredFilesPolicy } from '../../../../config/policy/generations/storage.js';
import { FileRemoval } from './file-removal.js';
import { RemovableFilesRepository } from './removable-files.repository.js';
import { StorageRemovals } from './storage-removals.js';
import type { Sweep } from './sweep.js';

/** Deletes expired files with their objects; one that a running generation uses is deleted after its end. */
@Injectable()
export class ExpiredFiles implements Sweep {
  readonly name = 'expired_files';
  readonly everySeconds = expiredFilesPolicy.everySeconds;

  constructor(
    private readonly files: RemovableFilesRepository,
    private readonly removal: FileRemoval,
    private readonly removals: StorageRemovals,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    let removed: number;
    do {
      removed = 0;
      const found = await this.files.expired(expiredFilesPolicy.batch);
      for (const [userId, files] of Map.groupBy(found, (file) => file.userId)) {
        signal.throwIfAborted();
        removed += await this.removal.remove(
          userId,
          files.map(({ id }) => id),
        );
      }
    } while (removed > 0);
    // Objects whose removal job has no retries left: the storage was unavailable for longer.
    await this.removals.sweep(signal);
  }
}
