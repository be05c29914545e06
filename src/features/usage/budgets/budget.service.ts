import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { Clock } from '../../../ports/clock.js';
import { generationsScope, languageScope, periodsAt } from './budget-periods.js';
import type { BudgetShare, Caps } from './budget-shares.js';
import { BudgetRepository, type BudgetSum } from './budget.repository.js';

/** Micro-dollars. */
export interface BudgetPeriod<Cap extends number | null = number | null> {
  /** Null: no cap. */
  readonly cap: Cap;
  readonly spent: number;
  /** Of what runs. */
  readonly reserved: number;
}

export interface BudgetFigures<Cap extends number | null = number | null> {
  readonly day: BudgetPeriod<Cap>;
  readonly month: BudgetPeriod<Cap>;
}

/** Of language models and of generations, each all together. */
export interface Budgets {
  readonly ai: BudgetFigures<number>;
  readonly generations: BudgetFigures;
}

/** What was spent of the budgets. */
@Injectable()
export class BudgetService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly budgets: BudgetRepository,
    private readonly clock: Clock,
  ) {}

  /** What is spent and held of these shares, each in its place. */
  async figuresOf(shares: readonly BudgetShare[]): Promise<readonly BudgetPeriod[]> {
    const sums = await this.budgets.read(
      shares.map(({ scope }) => scope),
      shares.map(({ period }) => period),
    );
    return shares.map(({ scope, period, cap }) => periodOf(sums, scope, period, cap));
  }

  /** Of everybody together, today and this month. */
  async read(): Promise<Budgets> {
    const { day, month } = periodsAt(this.clock.now());
    const sums = await this.budgets.read([languageScope, generationsScope], [day, month]);
    const of = <Cap extends number | null>(scope: string, caps: Caps<Cap>): BudgetFigures<Cap> => ({
      day: periodOf(sums, scope, day, caps.daily),
      month: periodOf(sums, scope, month, caps.monthly),
    });
    const { ai, generations } = this.config.budgets;
    return { ai: of(languageScope, ai), generations: of(generationsScope, generations) };
  }
}

function periodOf<Cap extends number | null>(
  sums: readonly BudgetSum[],
  scope: string,
  period: string,
  cap: Cap,
): BudgetPeriod<Cap> {
  const sum = sums.find((one) => one.scope === scope && one.period === period);
  return { cap, spent: sum?.spent ?? 0, reserved: sum?.reserved ?? 0 };
}
