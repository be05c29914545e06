import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, type Transaction } from '../../../database/database.js';
import { JobQueue } from '../../../ports/job-queue.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import { Background } from '../../../tasks/background.js';

const batchSize = 100;

/** Removes the objects of deleted rows: their keys are stored in the same transaction and removed by a job. */
@Background()
@Injectable()
export class StorageRemovals implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly storage: ObjectStorage,
    private readonly queue: JobQueue,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.queue.work('storage_removal', 1, ({ signal }) => this.sweep(signal));
  }

  /**
   * Stores the keys within `tx`. `id` of the job: the id of what was deleted. `erasedUserId`: the account that is erased and waits for the removal;
   * null otherwise.
   */
  async request(
    tx: Transaction,
    id: string,
    keys: readonly string[],
    erasedUserId: string | null = null,
  ): Promise<void> {
    if (keys.length === 0) return;
    await tx
      .insertInto('storage_removals')
      .values(keys.map((key) => ({ object_key: key, user_id: erasedUserId })))
      .onConflict((conflict) =>
        erasedUserId === null
          ? conflict.doNothing()
          : conflict.column('object_key').doUpdateSet({ user_id: erasedUserId }),
      )
      .execute();
    await this.queue.enqueue(tx, 'storage_removal', id);
  }

  /**
   * Removes every stored key's object. A key is deleted after its object, so that a crash in between only repeats the
   * removal. A batch that fails stays stored and does not block the others.
   * @throws the storage's error for the first batch that failed
   */
  sweep(signal: AbortSignal): Promise<void> {
    return this.removeAll(signal, null);
  }

  /** The same for the objects of an account that is erased. */
  sweepOf(userId: string, signal: AbortSignal): Promise<void> {
    return this.removeAll(signal, userId);
  }

  private async removeAll(signal: AbortSignal, userId: string | null): Promise<void> {
    const refusals: unknown[] = [];
    let after = '';
    for (;;) {
      signal.throwIfAborted();
      const keys = await this.noted(after, userId);
      const last = keys.at(-1);
      if (last === undefined) break;
      after = last;
      await this.remove(keys).catch((error: unknown) => refusals.push(error));
    }
    if (refusals.length > 0) throw refusals[0];
  }

  private async noted(after: string, userId: string | null): Promise<string[]> {
    const rows = await this.database.query
      .selectFrom('storage_removals')
      .select('object_key')
      .where('object_key', '>', after)
      .$if(userId !== null, (query) => query.where('user_id', '=', userId))
      .orderBy('object_key')
      .limit(batchSize)
      .execute();
    return rows.map((row) => row.object_key);
  }

  private async remove(keys: readonly string[]): Promise<void> {
    await this.storage.remove(keys);
    await this.database.query
      .deleteFrom('storage_removals')
      .where('object_key', 'in', [...keys])
      .execute();
  }
}
