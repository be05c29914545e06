import { Inject, Injectable } from '@nestjs/common';
import { modelCallPolicy } from '../../../../config/policy/assistants/calls.js';
import { CONFIG, type Config } from '../../../../config/config.js';
import { Clock } from '../../../ports/clock.js';
import {
  languageScope,
  periodsAt,
  visitorsScope,
  type BudgetPeriods,
} from '../../usage/budgets/budget-periods.js';
import { sharesOfKey, sharesOfScope, type BudgetShare } from '../../usage/budgets/budget-shares.js';
import type { AiCall, Payer } from './ai-call.js';

/** Which budgets a call is held in, and what each has at most. */
@Injectable()
export class CallBudget {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'budgets'>,
    private readonly clock: Clock,
  ) {}

  /** One's own sums first and those of all people last: every call locks them in this order. */
  sharesOf({ payer, agent }: Pick<AiCall, 'payer' | 'agent'>): readonly BudgetShare[] {
    const periods = periodsAt(this.clock.now());
    return [
      ...(agent === null ? [] : [{ scope: `agent:${agent.id}`, period: periods.day, cap: agent.dailyCap }]),
      ...this.ownSharesAt(payer, periods),
      ...(payer.kind === 'visitor' ? this.sharesOfVisitors(periods) : []),
      ...sharesOfScope(languageScope, periods, this.config.budgets.ai),
    ];
  }

  /** Those of the payer and of the key that it pays by. */
  ownSharesOf(payer: Payer): readonly BudgetShare[] {
    return this.ownSharesAt(payer, periodsAt(this.clock.now()));
  }

  /** All visitors together have a part of the budget, so that the people with accounts keep theirs. */
  private sharesOfVisitors(periods: BudgetPeriods): readonly BudgetShare[] {
    const { daily, monthly } = this.config.budgets.ai;
    const part = (cap: number): number => Math.floor(cap * modelCallPolicy.visitorsShare);
    return sharesOfScope(visitorsScope, periods, { daily: part(daily), monthly: part(monthly) });
  }

  private ownSharesAt(payer: Payer, periods: BudgetPeriods): readonly BudgetShare[] {
    const { aiPersonDaily: daily, aiPersonMonthly: monthly } = this.config.budgets;
    const own = scopeOf(payer);
    return [
      ...sharesOfKey(payer.kind === 'person' ? payer.key : null, periods),
      ...(own === null ? [] : sharesOfScope(own, periods, { daily, monthly })),
    ];
  }
}

function scopeOf(payer: Payer): string | null {
  switch (payer.kind) {
    case 'person':
      return `person:${payer.userId}`;
    case 'visitor':
      return `visitor:${payer.visitorId}`;
    case 'messenger':
      return `messenger:${payer.pseudonym}`;
    case 'operator':
      return null;
  }
}
