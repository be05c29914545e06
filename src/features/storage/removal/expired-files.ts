import { Injectable } from '@nestjs/common';
import { expiredFilesPolicy } from '../../../../config/policy/generations/storage.js';
import { FileRemoval } from './file-removal.js';
import { RemovableFilesRepository } from './removable-files.repository.js';
import { StorageRemovals } from './storage-removals.js';
import type { Sweep } from './sweep.js';

/** Files whose time is over go with their objects; what a running generation uses goes after its end. */
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
    // Objects for which the queue has stopped to try: the storage was away for longer than its retries last.
    await this.removals.sweep(signal);
  }
}
