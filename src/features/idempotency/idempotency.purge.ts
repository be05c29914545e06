import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { idempotencyPolicy } from '../../../config/policy/generations/generations.js';
import { Log } from '../../observability/log.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { PeriodicTask } from '../../tasks/periodic-task.js';

/** Deletes keys after a day. */
@Injectable()
export class IdempotencyPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    private readonly keys: IdempotencyRepository,
    log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: idempotencyPolicy.purgeEverySeconds * 1000,
      run: () => this.run(),
      onError: (cause) => {
        log.warn('old idempotency keys could not be purged', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.task.stop();
  }

  private async run(): Promise<void> {
    while ((await this.keys.purge()) === idempotencyPolicy.purgeBatch);
  }
}
