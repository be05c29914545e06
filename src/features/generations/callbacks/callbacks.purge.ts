import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { callbackPolicy } from '../../../../config/policy/generations/generations.js';
import { Log } from '../../../observability/log.js';
import { CallbacksRepository } from './callbacks.repository.js';

/** What is too old to be replayed need not be remembered. */
@Injectable()
export class CallbacksPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly callbacks: CallbacksRepository,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.run().catch((cause: unknown) => {
        this.log.warn('old callbacks could not be purged', { cause });
      });
    }, callbackPolicy.purgeEverySeconds * 1000);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async run(): Promise<void> {
    while ((await this.callbacks.purge()) === callbackPolicy.purgeBatch);
  }
}
