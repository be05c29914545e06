import { Injectable } from '@nestjs/common';
import { resumablePolicy } from '../../../../config/policy/generations/uploads.js';
import { Database } from '../../../database/database.js';
import { StorageRemovals } from '../removal/storage-removals.js';
import type { Sweep } from '../removal/sweep.js';
import { ResumableRepository } from './resumable.repository.js';

/** Removes uploads that nobody went on with, with their parts, and what is remembered of finished ones. */
@Injectable()
export class ExpiredUploads implements Sweep {
  readonly name = 'expired_uploads';
  readonly everySeconds = resumablePolicy.sweep.everySeconds;

  constructor(
    private readonly database: Database,
    private readonly uploads: ResumableRepository,
    private readonly removals: StorageRemovals,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const found = await this.uploads.expired(resumablePolicy.sweep.batch);
      if (found.length === 0) return;
      for (const [userId, uploads] of Map.groupBy(found, (one) => one.userId)) {
        signal.throwIfAborted();
        await this.database.transaction(async (tx) => {
          const ids = uploads.map(({ id }) => id);
          await this.removals.request(tx, ids[0] ?? '', await this.uploads.remove(tx, userId, ids));
        });
      }
    }
  }
}
