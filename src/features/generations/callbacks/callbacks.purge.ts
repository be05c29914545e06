import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { callbackPolicy } from '../../../../config/policy/generations/generations.js';
import { Log } from '../../../observability/log.js';
import { CallbacksRepository } from './callbacks.repository.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';

/** Deletes signatures that are too old to be replayed, in batches. */
@Injectable()
export class CallbacksPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    private readonly callbacks: CallbacksRepository,
    log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: callbackPolicy.purgeEverySeconds * 1000,
      run: () => this.run(),
      onError: (cause) => {
        log.warn('old callbacks could not be purged', { cause });
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
    while ((await this.callbacks.purge()) === callbackPolicy.purgeBatch);
  }
}
