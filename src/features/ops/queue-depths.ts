import { Injectable } from '@nestjs/common';
import { queueDepth } from '../../../config/policy/operations/metrics.js';
import { Log } from '../../observability/log.js';
import { JobQueue } from '../../ports/job-queue.js';
import { GenerationsService } from '../generations/orders/generations.service.js';

/** Number of waiting jobs by queue, cached: a slow database delays a request by at most `queueDepth.waitMs`. */
@Injectable()
export class QueueDepths {
  private depths: Readonly<Record<string, number>> = {};
  private reading: Promise<void> | null = null;
  private readAt = -Infinity;

  constructor(
    private readonly queue: JobQueue,
    private readonly generations: GenerationsService,
    private readonly log: Log,
  ) {}

  async get(): Promise<Readonly<Record<string, number>>> {
    if (performance.now() - this.readAt >= queueDepth.everyMs) {
      this.readAt = performance.now();
      this.reading ??= this.read().finally(() => {
        this.reading = null;
      });
    }
    if (this.reading !== null) await Promise.race([this.reading, pause(queueDepth.waitMs)]);
    return this.depths;
  }

  private async read(): Promise<void> {
    try {
      this.depths = { ...(await this.queue.depths()), ...(await this.generations.unfinished()) };
    } catch (cause) {
      this.log.debug('the depth of the queues is not known', { cause });
    }
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
