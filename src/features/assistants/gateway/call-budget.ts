import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { Clock } from '../../../ports/clock.js';
import { languageScope, periodsAt } from '../../usage/budget-periods.js';
import type { BudgetShare } from './ai-calls.repository.js';
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
    const { day, month } = periodsAt(this.clock.now());
    const { ai, aiPersonDaily } = this.config.budgets;
    const own = scopeOf(payer);
    return [
      ...(agent === null ? [] : [{ scope: `agent:${agent.id}`, period: day, cap: agent.dailyCap }]),
      ...(own === null ? [] : [{ scope: own, period: day, cap: aiPersonDaily }]),
      ...(own === null ? [] : [{ scope: own, period: month, cap: null }]),
      { scope: languageScope, period: day, cap: ai.daily },
      { scope: languageScope, period: month, cap: ai.monthly },
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
