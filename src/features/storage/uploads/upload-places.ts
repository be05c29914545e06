import { Injectable } from '@nestjs/common';
import { uploadPacePolicy, uploadPolicy } from '../../../../config/policy/generations/uploads.js';
import { BoundedCache } from '../../../cache/bounded-cache.js';
import { Problem, unavailable } from '../../../errors/problem.js';
import { Clock } from '../../../ports/clock.js';

/**
 * Bounds how many files are received and judged at once on this instance: of one person, and of all. Senders that were too slow share
 * half of the places, so that they cannot refuse everybody else by coming again.
 */
@Injectable()
export class UploadPlaces {
  private taken = 0;
  private readonly byAccount = new Map<string, number>();
  /** Until when an account is held back, by `Clock.monotonic`. */
  private readonly slow = new BoundedCache<number>(uploadPacePolicy.remembered);

  constructor(private readonly clock: Clock) {}

  /** @throws Problem `uploads_exceeded`, `unavailable`; what `work` throws */
  async run<T>(account: string, work: () => Promise<T>): Promise<T> {
    const mine = this.byAccount.get(account) ?? 0;
    if (mine >= this.allowedTo(account))
      throw new Problem('uploads_exceeded', { headers: { 'retry-after': '2' } });
    if (this.taken >= uploadPolicy.atOnce) throw unavailable(new Error('too many uploads at once'));
    this.taken += 1;
    this.byAccount.set(account, mine + 1);
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem && error.code === 'request_timeout')
        this.slow.set(account, this.clock.monotonic() + uploadPacePolicy.heldBackMs);
      throw error;
    } finally {
      this.taken -= 1;
      const left = (this.byAccount.get(account) ?? 1) - 1;
      if (left > 0) this.byAccount.set(account, left);
      else this.byAccount.delete(account);
    }
  }

  /** Once half of them are taken, one person has one: two people could refuse everybody else. */
  private allowedTo(account: string): number {
    if (this.taken < uploadPolicy.atOnce / 2) return uploadPolicy.perAccount;
    return this.clock.monotonic() < (this.slow.get(account) ?? 0) ? 0 : 1;
  }
}
