import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { drainTimeoutMs } from '../../../../config/policy/perimeter/http.js';
import { responseTiming } from '../../../../config/policy/accounts/response-timing.js';
import { unavailable } from '../../../errors/problem.js';
import { Log } from '../../../observability/log.js';

/**
 * Runs work behind a response of fixed delay, so that response time does not reveal whether an account exists (account
 * enumeration). It begins after the answer: work during the delay would show in how late its timer fires. The queue is
 * bounded and in memory: work lost in a crash is requested again by the client.
 */
@Injectable()
export class BackgroundTasks implements OnModuleDestroy {
  private readonly waiting: (() => Promise<void>)[] = [];
  /** Requests whose delay is running. */
  private delayed = 0;
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly log: Log) {}

  /** Resolves after the fixed time. @throws Problem `unavailable` when the queue is full */
  async runAfterFixedDelay(work: () => Promise<void>): Promise<void> {
    if (this.delayed + this.waiting.length >= responseTiming.maxWaiting)
      throw unavailable(new Error('too much is waiting behind answers'));
    this.delayed++;
    await sleep(responseTiming.answerAfterMs);
    this.delayed--;
    this.waiting.push(work);
    // Once the answer is written, and at no time that a next request could be aimed at.
    const { fromMs, toMs } = responseTiming.workAfter;
    setTimeout(
      () => {
        this.next();
      },
      randomInt(fromMs, toMs),
    );
  }

  /** On shutdown, waits for running and queued work, at most `drainTimeoutMs`, the limit for requests. */
  async onModuleDestroy(): Promise<void> {
    const deadline = sleep(drainTimeoutMs, 'late' as const, { ref: false });
    this.next();
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
