import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, type Transaction } from '../../ports/database.js';
import { JobQueue } from '../../ports/job-queue.js';
import { ObjectStorage } from '../../ports/object-storage.js';

const batchSize = 100;

/** Deleted rows leave objects behind; their keys are noted in the same transaction and removed by a job. */
@Injectable()
export class StorageRemovals implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly storage: ObjectStorage,
    private readonly queue: JobQueue,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.queue.work('storage_removal', 1, () => this.sweep());
  }

  /** Notes the keys within `tx`. `id` names the job: that of what was deleted. */
  async request(tx: Transaction, id: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await tx
      .insertInto('storage_removals')
      .values(keys.map((key) => ({ object_key: key })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await this.queue.enqueue(tx, 'storage_removal', id);
  }

  private async sweep(): Promise<void> {
    for (;;) {
      const rows = await this.database.query
        .selectFrom('storage_removals')
        .select('object_key')
        .limit(batchSize)
        .execute();
      if (rows.length === 0) return;
      const keys = rows.map((row) => row.object_key);
      await this.storage.remove(keys);
      await this.database.query.deleteFrom('storage_removals').where('object_key', 'in', keys).execute();
    }
  }
}
