import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { rekeyPolicy } from '../../../../config/policy/assistants/messenger.js';
import { Log } from '../../../observability/log.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { MessengerIds } from './messenger-ids.js';
import { RekeyRepository, sealedTables, type SealedTable } from './rekey.repository.js';
import { Background } from '../../../tasks/background.js';

const { everyMs, batch } = rekeyPolicy;

/**
 * While PSEUDONYM_KEY_PREVIOUS is set, moves what is stored under it to the present key, again and again: instances that have the earlier
 * key alone may run beside. The first time comes late, so that none of them meets a hash that it does not know.
 */
@Background()
@Injectable()
export class MessengerRekey implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    private readonly rows: RekeyRepository,
    private readonly ids: MessengerIds,
    private readonly log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs,
      jitter: 0.2,
      run: (signal) => this.run(signal),
      onError: (cause) => {
        log.warn('what Messenger has under the earlier PSEUDONYM_KEY was not moved', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    if (this.ids.isRotating) this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  /** One pass over all rows, in batches. */
  async run(signal: AbortSignal): Promise<void> {
    const people = await this.rekeyPeople(signal);
    let texts = 0;
    for (const table of sealedTables) texts += await this.reseal(table, signal);
    // Its absence means that the earlier key is still needed.
    if (!signal.aborted && people.left === 0)
      this.log.info('nothing of Messenger is under the earlier PSEUDONYM_KEY any more', {
        people: people.moved,
        texts,
      });
  }

  private async rekeyPeople(signal: AbortSignal): Promise<{ readonly moved: number; readonly left: number }> {
    let [moved, left] = [0, 0];
    for (let after: string | null = null; !signal.aborted;) {
      const people = await this.rows.people(after, batch);
      const earlier = people.flatMap(({ id, pageId, psidHash, psidSealed }) => {
        const psid = this.ids.open(psidSealed, 'psid', pageId);
        // Hash and seal may be of two keys: who was forgotten while blocked is sealed again by what they write.
        const isPresent = psid === null || psidHash.equals(this.ids.hashOf(pageId, psid));
        if (psid === null || (isPresent && this.ids.openEarlier(psidSealed, 'psid', pageId) === null))
          return [];
        return [
          { id, psidHash: this.ids.hashOf(pageId, psid), psidSealed: this.ids.seal(psid, 'psid', pageId) },
        ];
      });
      if (earlier.length > 0) {
        const done = await this.rows.rekeyPeople(earlier);
        [moved, left] = [moved + done, left + earlier.length - done];
      }
      after = people.at(-1)?.id ?? null;
      if (people.length < batch) break;
    }
    return { moved, left };
  }

  private async reseal(table: SealedTable, signal: AbortSignal): Promise<number> {
    const purpose = table === 'deletions' ? 'app user' : 'text';
    let moved = 0;
    for (let after: string | null = null; !signal.aborted;) {
      const rows = await this.rows.sealed(table, after, batch);
      const earlier = rows.flatMap(({ id, context, sealed }) => {
        const text = this.ids.openEarlier(sealed, purpose, context);
        return text === null ? [] : [{ id, before: sealed, after: this.ids.seal(text, purpose, context) }];
      });
      if (earlier.length > 0) await this.rows.reseal(table, earlier);
      moved += earlier.length;
      after = rows.at(-1)?.id ?? null;
      if (rows.length < batch) break;
    }
    return moved;
  }
}
