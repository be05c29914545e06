import { Injectable } from '@nestjs/common';
import { generationPolicy } from '../../../../config/policy/generations/generations.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { FailureCode } from '../../../ports/generation-provider.js';
import { Database } from '../../../database/database.js';
import { Metrics } from '../../../observability/metrics.js';
import { CreditsService } from '../../credits/credits.service.js';
import { StoredResults } from '../../storage/stored-results.js';
import type { StoredMedia } from '../../media/media-intake.js';
import { UsageRises } from '../../usage/usage-rises.js';
import { UsersService } from '../../users/users.service.js';
import type { Job } from './job.js';
import { EndingsRepository, type Ended } from './endings.repository.js';
import { JobsRepository } from './jobs.repository.js';
import type { FinalStatus } from '../generation.js';

/** A generation and its owner. */
type Ending = Pick<Job, 'id' | 'userId'>;

/**
 * Ends a generation: its state, files and credits in one transaction, once. Returns false when it had ended already.
 * The account's row is locked first, as in every transaction on an account and its rows, so that no deadlock is
 * possible.
 */
@Injectable()
export class Settlement {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly endings: EndingsRepository,
    private readonly results: StoredResults,
    private readonly credits: CreditsService,
    private readonly users: UsersService,
    private readonly rises: UsageRises,
    private readonly metrics: Metrics,
  ) {}

  complete({ id, userId }: Ending, media: readonly StoredMedia[]): Promise<boolean> {
    return this.noted(
      { id, userId },
      this.database.transaction(async (tx) => {
        await this.users.lock(tx, userId);
        const ended = await this.endings.finish(tx, id, 'completed', null);
        if (ended === null) return null;
        await this.results.add(tx, ended.userId, id, media);
        await this.credits.commit(tx, ended.userId, id, ended.creditsCost);
        return ended;
      }),
    );
  }

  fail(ending: Ending, code: FailureCode): Promise<boolean> {
    return this.release(ending, 'failed', code);
  }

  cancel(ending: Ending): Promise<boolean> {
    return this.release(ending, 'cancelled', null);
  }

  /** Cancels a claimed job that the provider never saw: from the queue, where nothing of it counts as spent. */
  async cancelUnsent(job: Job): Promise<boolean> {
    // Behind the lease, so that nobody claims it in between.
    await this.jobs.requeue(job, generationPolicy.leaseSeconds);
    return this.cancel(job);
  }

  /** Cancels at the owner's request. False when the caller has no unfinished generation of this id. */
  async cancelFor(caller: Pick<Caller, 'userId'>, id: string): Promise<boolean> {
    const asked = await this.database.transaction(async (tx) => {
      await this.users.lock(tx, caller.userId);
      const asked = await this.endings.requestCancel(tx, caller, id);
      if (asked?.now === 'cancelled') await this.credits.release(tx, asked.userId, id, asked.creditsCost);
      return asked;
    });
    if (asked?.now === 'cancelled') this.ended(id, 'cancelled', asked);
    return asked !== null;
  }

  /** Queues the job again, or cancels it when a cancellation was requested meanwhile. */
  async putBack(job: Job, delaySeconds: number): Promise<void> {
    if (await this.jobs.requeue(job, delaySeconds)) await this.cancel(job);
  }

  /** Looked at once it is committed. */
  private async noted({ id, userId }: Ending, ending: Promise<Ended | null>): Promise<boolean> {
    const ended = await ending;
    if (ended !== null) this.ended(id, 'completed', ended);
    this.rises.noteUse(userId);
    return ended !== null;
  }

  private async release(
    { id, userId }: Ending,
    status: 'failed' | 'cancelled',
    code: FailureCode | null,
  ): Promise<boolean> {
    const ended = await this.database.transaction(async (tx) => {
      await this.users.lock(tx, userId);
      const ended = await this.endings.finish(tx, id, status, code);
      if (ended !== null) await this.credits.release(tx, ended.userId, id, ended.creditsCost);
      return ended;
    });
    if (ended !== null) this.ended(id, status, ended);
    return ended !== null;
  }

  /** Counted and announced once it is committed. */
  private ended(id: string, status: FinalStatus, ended: Ended): void {
    this.metrics.countBy('generations_ended', { status });
    this.jobs.announce(id);
    this.endings.announce(ended);
  }
}
