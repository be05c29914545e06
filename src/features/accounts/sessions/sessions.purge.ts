import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { sessionPurgePolicy } from '../../../../config/policy/accounts/tokens.js';
import { Log } from '../../../observability/log.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { SessionsRepository } from './sessions.repository.js';

/** Deletes sessions whose retention after their end is over, in batches. */
@Injectable()
export class SessionsPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    private readonly sessions: SessionsRepository,
    log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: sessionPurgePolicy.everySeconds * 1000,
      run: () => this.run(),
      onError: (cause) => {
        log.warn('ended sessions were not purged', { cause });
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
    while ((await this.sessions.purge(sessionPurgePolicy.batch)) === sessionPurgePolicy.batch);
  }
}
