import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { idempotencyPolicy } from '../../../config/policy/generations/generations.js';
import { Log } from '../../observability/log.js';
import { IdempotencyRepository } from './idempotency.repository.js';

/** Keys are forgotten after a day. */
@Injectable()
export class IdempotencyPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.run().catch((cause: unknown) => {
        this.log.warn('old idempotency keys could not be purged', { cause });
      });
    }, idempotencyPolicy.purgeEverySeconds * 1000);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async run(): Promise<void> {
    while ((await this.keys.purge()) === idempotencyPolicy.purgeBatch);
  }
}
