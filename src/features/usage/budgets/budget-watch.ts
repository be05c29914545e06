import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { budgetPolicy, usagePolicy } from '../../../../config/policy/assistants/budgets.js';
import { Log } from '../../../observability/log.js';
import { Clock } from '../../../ports/clock.js';
import { inBatches } from '../../../tasks/in-batches.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { generationsScope, languageScope, periodsAt } from './budget-periods.js';
import { sharesOfScope } from './budget-shares.js';
import { BudgetAlerts } from './budget-alerts.js';
import { UsageRepository } from '../usage.repository.js';
import { BudgetRepository } from './budget.repository.js';

const dayMs = 86_400_000;

/**
 * Alerts once of each share of a budget that is spent, whichever instance sees it first, and deletes old sums. Beside
 * the calls, which do no work for it.
 */
@Injectable()
export class BudgetWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly tasks: readonly PeriodicTask[];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly budgets: BudgetRepository,
    private readonly usage: UsageRepository,
    private readonly alerts: BudgetAlerts,
    private readonly clock: Clock,
    log: Log,
  ) {
    const task = (everyMs: number, run: (signal: AbortSignal) => Promise<void>): PeriodicTask =>
      new PeriodicTask({
        everyMs,
        jitter: 0.2,
        run,
        onError: (cause) => {
          log.warn('the budgets could not be read', { cause });
        },
      });
    this.tasks = [
      task(budgetPolicy.watchEveryMs, () => this.run()),
      task(budgetPolicy.purgeEveryMs, (signal) => this.purge(signal)),
    ];
  }

  onApplicationBootstrap(): void {
    for (const task of this.tasks) task.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.tasks.map((task) => task.stop()));
  }

  async run(): Promise<void> {
    const periods = periodsAt(this.clock.now());
    const { ai, generations, alertShares } = this.config.budgets;
    const caps = new Map(
      [
        ...sharesOfScope(languageScope, periods, ai),
        ...sharesOfScope(generationsScope, periods, generations),
      ].map(({ scope, period, cap }) => [`${scope} ${period}`, cap]),
    );
    for (const { scope, period, spent, alertedShare } of await this.budgets.read(
      [languageScope, generationsScope],
      [periods.day, periods.month],
    )) {
      // A cap of nothing is told of when something is refused for it.
      const cap = caps.get(`${scope} ${period}`) ?? 0;
      for (const share of alertShares.map((one) => Math.round(one * 1000))) {
        if (share <= alertedShare || cap === 0 || spent * 1000 < share * cap) continue;
        await this.alerts.reached(scope, period, share);
      }
    }
  }

  private async purge(signal: AbortSignal): Promise<void> {
    const { keepDays, keepMonths, purgeBatch } = budgetPolicy;
    const now = this.clock.now();
    const { day } = periodsAt(now - keepDays * dayMs);
    const { month } = periodsAt(now - keepMonths * 31 * dayMs);
    await inBatches(purgeBatch, () => this.budgets.purge(day, month, purgeBatch), signal);
    const oldest = new Date(now - usagePolicy.keepDays * dayMs).toISOString().slice(0, 10);
    await inBatches(purgeBatch, () => this.usage.purge(oldest, purgeBatch), signal);
  }
}
