import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { Clock } from '../../ports/clock.js';
import { languageScope, periodsAt } from './budget-periods.js';
import { BudgetRepository } from './budget.repository.js';

/** Micro-dollars. */
export interface BudgetPeriod {
  readonly cap: number;
  readonly spent: number;
  /** Of calls that run. */
  readonly reserved: number;
}

export interface BudgetFigures {
  readonly day: BudgetPeriod;
  readonly month: BudgetPeriod;
}

/** What was spent of the budgets. */
@Injectable()
export class BudgetService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly budgets: BudgetRepository,
    private readonly clock: Clock,
  ) {}

  /** Of all language models together, today and this month. */
  async language(): Promise<BudgetFigures> {
    const { day, month } = periodsAt(this.clock.now());
    const { daily, monthly } = this.config.budgets.ai;
    const sums = await this.budgets.read([languageScope], [day, month]);
    const of = (period: string, cap: number): BudgetPeriod => {
      const sum = sums.find((one) => one.period === period);
      return { cap, spent: sum?.spent ?? 0, reserved: sum?.reserved ?? 0 };
    };
    return { day: of(day, daily), month: of(month, monthly) };
  }
}
