import { Inject, Injectable } from '@nestjs/common';
import { modelCallPolicy } from '../../../../config/policy/assistants/calls.js';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { hmacSha256 } from '../../../crypto/hash.js';
import { Clock } from '../../../ports/clock.js';
import {
  languageScope,
  periodsAt,
  visitorsScope,
  type BudgetPeriods,
} from '../../usage/budgets/budget-periods.js';
import {
  sharesOfKey,
  sharesOfScope,
  type BudgetShare,
  type Caps,
} from '../../usage/budgets/budget-shares.js';
import type { AiCall, Payer } from './ai-call.js';

/** Which budgets a call is held in, and what each has at most. */
@Injectable()
export class CallBudget {
  /** Two in a rotation: what was held by the earlier hash counts as well. */
  private readonly addressKeys: readonly Buffer[];

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'budgets' | 'pseudonymKey'>,
    private readonly clock: Clock,
  ) {
    const { current, previous } = config.pseudonymKey;
    this.addressKeys = [current, ...(previous === null ? [] : [previous])].map((key) =>
      deriveKey(key, 'budgets of addresses'),
    );
  }

  /** By their scopes, and those of all people last: every call locks them in this order. */
  sharesOf({ payer, agent }: Pick<AiCall, 'payer' | 'agent'>): readonly BudgetShare[] {
    const periods = periodsAt(this.clock.now());
    return [
      ...(payer.kind === 'visitor' ? this.sharesOfAddress(payer.address, periods) : []),
      ...(payer.kind === 'visitor' && agent !== null ? sharesOfAgentsVisitors(agent, periods) : []),
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
    return sharesOfScope(visitorsScope, periods, this.partOfAll(modelCallPolicy.visitorsShare));
  }

  /** The visitors at one address, which no sum names in clear. */
  private sharesOfAddress(address: string, periods: BudgetPeriods): readonly BudgetShare[] {
    return this.addressKeys
      .map((key) => `address:${hmacSha256(key, address).toString('hex', 0, 16)}`)
      .sort()
      .flatMap((scope) => sharesOfScope(scope, periods, this.partOfAll(modelCallPolicy.visitorShare)));
  }

  private partOfAll(part: number): Caps<number> {
    const { daily, monthly } = this.config.budgets.ai;
    return { daily: Math.floor(daily * part), monthly: Math.floor(monthly * part) };
  }

  private capsOf(payer: Payer): Caps {
    const { aiPersonDaily: daily, aiPersonMonthly: monthly } = this.config.budgets;
    if (payer.kind !== 'visitor') return { daily, monthly };
    const part = this.partOfAll(modelCallPolicy.visitorShare);
    return { daily: Math.min(daily, part.daily), monthly: part.monthly };
  }

  private ownSharesAt(payer: Payer, periods: BudgetPeriods): readonly BudgetShare[] {
    const own = scopeOf(payer);
    return [
      ...sharesOfKey(payer.kind === 'person' ? payer.key : null, periods),
      ...(own === null ? [] : sharesOfScope(own, periods, this.capsOf(payer))),
    ];
  }
}

/** Who has an account is not kept from an agent by visitors. */
const sharesOfAgentsVisitors = (
  { id, dailyCap }: NonNullable<AiCall['agent']>,
  { day }: BudgetPeriods,
): readonly BudgetShare[] => {
  const cap = dailyCap === null ? null : Math.floor(dailyCap * modelCallPolicy.visitorsShare);
  return [{ scope: `agent-visitors:${id}`, period: day, cap }];
};

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
