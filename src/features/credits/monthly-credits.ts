import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { monthlyCreditsPolicy } from '../../../config/policy/generations/credits.js';
import { Log } from '../../observability/log.js';
import { Clock } from '../../ports/clock.js';
import { inBatches } from '../../tasks/in-batches.js';
import { PeriodicTask } from '../../tasks/periodic-task.js';
import { CreditsRepository } from './credits.repository.js';
import { Background } from '../../tasks/background.js';

/**
 * Gives each account its credits of the month (MONTHLY_USER_CREDITS), once: a statement marks and credits a batch of accounts that
 * have none of this month yet, whichever instance runs it and wherever it is killed.
 */
@Background()
@Injectable()
export class MonthlyCredits implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly credits: CreditsRepository,
    private readonly clock: Clock,
    log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: monthlyCreditsPolicy.everyMs,
      jitter: 0.2,
      run: (signal) => this.run(signal),
      onError: (cause) => {
        log.warn('monthly credits could not be given', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    if (this.config.monthlyCredits > 0) this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  async run(signal: AbortSignal): Promise<void> {
    const month = new Date(this.clock.now()).toISOString().slice(0, 7);
    const { batch } = monthlyCreditsPolicy;
    await inBatches(batch, () => this.credits.grantMonth(month, this.config.monthlyCredits, batch), signal);
  }
}
