import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { budgetPolicy, usagePolicy } from '../../../../config/policy/assistants/budgets.js';
import { Log } from '../../../observability/log.js';
import { Metrics } from '../../../observability/metrics.js';
import { Clock } from '../../../ports/clock.js';
import { inBatches } from '../../../tasks/in-batches.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { generationsScope, languageScope, periodsAt } from './budget-periods.js';
import { sharesOfScope, type Caps } from './budget-shares.js';
import { BudgetAlerts } from './budget-alerts.js';
import { UsageRepository } from '../usage.repository.js';
import { BudgetRepository } from './budget.repository.js';
import { Background } from '../../../tasks/background.js';

const dayMs = 86_400_000;

/**
 * Alerts once of each share of a budget that is spent, whichever instance sees it first, and deletes old sums. Beside
 * the calls, which do no work for it.
 */
@Background()
@Injectable()
export class BudgetWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly tasks: readonly PeriodicTask[];
  /** Micro-dollars by budget, as read last; not a number before. */
  private spent: Readonly<Record<string, number>> = {
    ai_daily: NaN,
    ai_monthly: NaN,
    generations_daily: NaN,
    generations_monthly: NaN,
  };

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly budgets: BudgetRepository,
    private readonly usage: UsageRepository,
    private readonly alerts: BudgetAlerts,
    private readonly clock: Clock,
    metrics: Metrics,
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
    metrics.gauge(
      'budget_spent_usd',
      'What of a budget is spent, in dollars, of the present day or month in UTC.',
      () => inDollars(this.spent),
      'budget',
    );
    const { ai, generations } = config.budgets;
    metrics.gauge(
      'budget_limit_usd',
      'How much a budget has, in dollars.',
      () => inDollars(capsOf(ai, generations)),
      'budget',
    );
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
    const sums = await this.budgets.read([languageScope, generationsScope], [periods.day, periods.month]);
    const spentOf = (scope: string, period: string): number =>
      sums.find((sum) => sum.scope === scope && sum.period === period)?.spent ?? 0;
    this.spent = {
      ai_daily: spentOf(languageScope, periods.day),
      ai_monthly: spentOf(languageScope, periods.month),
      generations_daily: spentOf(generationsScope, periods.day),
      generations_monthly: spentOf(generationsScope, periods.month),
    };
    for (const { scope, period, spent, alertedShare } of sums) {
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

/** Those that have a limit. */
const capsOf = (ai: Caps, generations: Caps): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries({
      ai_daily: ai.daily,
      ai_monthly: ai.monthly,
      generations_daily: generations.daily,
      generations_monthly: generations.monthly,
    }).flatMap(([budget, cap]) => (cap === null ? [] : [[budget, cap] as const])),
  );

const inDollars = (sums: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(sums).map(([budget, microUsd]) => [budget, microUsd / 1_000_000]));
