import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { accountDeletionPolicy } from '../../../../config/policy/privacy/deletion.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Random } from '../../../ports/random.js';
import { WorkerPool } from '../../../tasks/worker-pool.js';
import { accountErasureDelayed } from '../privacy.events.js';
import {
  AccountDeletionsRepository,
  DeletionLost,
  type ClaimedDeletion,
} from './account-deletions.repository.js';
import { AccountErasure } from './account-erasure.js';
import { Background } from '../../../tasks/background.js';

const {
  atOnce,
  idleLookEveryMs,
  lookEveryMs,
  retryAtMostSeconds,
  retrySeconds,
  toldAfterFailures,
  waitSeconds,
} = accountDeletionPolicy;
/** Behind the longest wait, this many are a day. */
const failuresOfADay = (24 * 3600) / retryAtMostSeconds;

/** Erases accounts whose time of grace is over. Instances share the work; one that is killed is followed by another when its lease ends. */
@Background()
@Injectable()
export class AccountDeletionWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pool: WorkerPool<ClaimedDeletion>;

  constructor(
    private readonly deletions: AccountDeletionsRepository,
    private readonly erasure: AccountErasure,
    private readonly events: SecurityEvents,
    private readonly random: Random,
    private readonly log: Log,
  ) {
    this.pool = new WorkerPool({
      atOnce,
      lookEveryMs,
      idleLookEveryMs,
      claim: () => deletions.claim(this.random.uuid()),
      work: (deletion) => this.work(deletion),
      onError: (cause) => {
        log.warn('deletions of accounts are out of reach', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.pool.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.pool.stop();
  }

  private async work(deletion: ClaimedDeletion): Promise<void> {
    const { signal } = this.pool;
    try {
      const outcome = await this.erasure.run(deletion, { signal });
      if (outcome.state === 'erased') return;
      const { left, seconds } = outcome;
      if (left.length > 0) this.log.debug('an account is not erased yet', { left });
      await this.deletions.release(deletion, seconds, 0);
      if (seconds <= waitSeconds)
        setTimeout(() => {
          this.pool.wake();
        }, seconds * 1000).unref();
    } catch (cause) {
      if (cause instanceof DeletionLost) this.log.warn('a deletion of an account went to another worker', {});
      else if (signal.aborted) await this.deletions.release(deletion, 0, deletion.failures);
      else await this.retryLater(deletion, cause);
    }
  }

  private async retryLater(deletion: ClaimedDeletion, cause: unknown): Promise<void> {
    // As it is by now: each stage that it came through begins the count anew.
    const { stage, failures: before } = await this.deletions.held(deletion);
    const failures = before + 1;
    this.log.warn('an account could not be erased yet', { stage, failures, cause });
    if (failures % failuresOfADay === toldAfterFailures) accountErasureDelayed(this.events, stage, failures);
    const seconds = Math.min(retrySeconds * 2 ** (failures - 1), retryAtMostSeconds);
    await this.deletions.release(deletion, seconds, failures);
  }
}
