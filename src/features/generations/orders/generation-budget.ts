import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import type { Model } from '../../../../config/policy/generations/model.js';
import { Problem } from '../../../errors/problem.js';
import type { Parameters } from '../generation.js';
import type { KeyLimits } from '../../../ports/accounts/api-key-authenticator.js';
import { Clock } from '../../../ports/clock.js';
import { BudgetAlerts } from '../../usage/budgets/budget-alerts.js';
import { generationsScope, periodsAt, secondsLeftOf } from '../../usage/budgets/budget-periods.js';
import { sharesOfKey, sharesOfScope, type BudgetShare } from '../../usage/budgets/budget-shares.js';

/** What a generation costs and where that is held until it ends. */
export interface GenerationHold {
  readonly keyId: string | null;
  /** Micro-dollars. */
  readonly cost: number;
  /** In the one order in which they are locked; empty: in none. */
  readonly sums: readonly BudgetShare[];
  /** The month in UTC in which credits of the key are counted. */
  readonly month: string;
}

/** The budgets that a generation is held in. */
@Injectable()
export class GenerationBudget {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly alerts: BudgetAlerts,
  ) {}

  /** Without a cap for all people nothing of theirs is held, so that acceptances do not wait for each other. `at`: of the order. */
  holdOf(key: KeyLimits | null, cost: number, at: Date): GenerationHold {
    const periods = periodsAt(at.getTime());
    const caps = this.config.budgets.generations;
    const isCapped = caps.daily !== null || caps.monthly !== null;
    const sums =
      cost === 0
        ? []
        : [...sharesOfKey(key, periods), ...(isCapped ? sharesOfScope(generationsScope, periods, caps) : [])];
    return { keyId: key?.id ?? null, cost, sums, month: periods.month };
  }

  /** The refusal of a generation that a budget does not hold, and the alert of it. */
  exceeded(scope: string, period: string): Problem {
    if (scope === generationsScope) this.alerts.refused(scope, period);
    const seconds = secondsLeftOf(period, this.clock.now());
    return new Problem('budget_exceeded', { headers: { 'retry-after': String(seconds) } });
  }
}

/** Micro-dollars that a generation costs at its provider, by the price table. A parameter that is left out counts as its dearest value. */
export function costOf({ cost }: Pick<Model, 'cost'>, parameters: Parameters): number {
  let total = cost.microUsd;
  for (const [name, byValue] of Object.entries(cost.times ?? {})) {
    const value = String(parameters[name]);
    total *= byValue[value] ?? Math.max(...Object.values(byValue));
  }
  return total;
}
