import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { drainTimeoutMs } from '../../../../config/policy/perimeter/http.js';
import { responseTiming } from '../../../../config/policy/accounts/response-timing.js';
import { unavailable } from '../../../errors/problem.js';
import { Log } from '../../../observability/log.js';

/**
 * Answers on a fixed clock: whoever asks waits the same time for known and unknown accounts, and the work goes on behind
 * the answer, in memory alone. What a crash cuts off is asked for again by the person who waits for a mail.
 */
@Injectable()
export class BackgroundTasks implements OnModuleDestroy {
  private readonly waiting: (() => Promise<void>)[] = [];
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly log: Log) {}

  /** Resolves after the fixed time. @throws Problem `unavailable` when too much is waiting already */
  async runAfterFixedDelay(work: () => Promise<void>): Promise<void> {
    if (this.waiting.length >= responseTiming.maxWaiting)
      throw unavailable(new Error('too much is waiting behind answers'));
    this.waiting.push(work);
    this.next();
    await sleep(responseTiming.answerAfterMs);
  }

  /** The drain waits for what is under way and waiting, but no longer than for requests. */
  async onModuleDestroy(): Promise<void> {
    const deadline = sleep(drainTimeoutMs, 'late' as const, { ref: false });
    while (this.running.size > 0 && (await Promise.race([...this.running, deadline])) !== 'late');
  }

  private next(): void {
    while (this.running.size < responseTiming.maxRunning) {
      const work = this.waiting.shift();
      if (work === undefined) return;
      const task = work()
        .catch((cause: unknown) => {
          this.log.warn('work behind an answer failed', { cause });
        })
        .finally(() => {
          this.running.delete(task);
          this.next();
        });
      this.running.add(task);
    }
  }
}
