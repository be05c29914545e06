import { Injectable } from '@nestjs/common';
import { Clock } from '../../../../ports/clock.js';
import { secondsLeftOf } from '../../../usage/budgets/budget-periods.js';
import { BudgetService } from '../../../usage/budgets/budget.service.js';
import type { Payer } from '../../gateway/ai-call.js';
import { CallBudget } from '../../gateway/call-budget.js';
import { PricedModels } from '../../gateway/priced-models.js';

/** Output tokens that one's own budgets pay for. `resetSeconds`: until the next day or month opens the budget again. */
export interface TokensLeft {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

/** What is left of the budgets of a person and of an API key. Those of all people are nobody's to know. */
@Injectable()
export class TokenRoom {
  constructor(
    private readonly budget: CallBudget,
    private readonly models: PricedModels,
    private readonly budgets: BudgetService,
    private readonly clock: Clock,
  ) {}

  /** By the tightest budget; null where nothing is capped, or the model costs nothing. */
  async of(payer: Payer, model: string): Promise<TokensLeft | null> {
    const price = this.models.inOrder(model)[0]?.price.output ?? 0;
    const capped = this.budget.ownSharesOf(payer).filter(({ cap }) => cap !== null);
    if (price === 0 || capped.length === 0) return null;
    const figures = await this.budgets.figuresOf(capped);
    const now = this.clock.now();
    const rooms = capped.map(({ period }, at) => {
      const { cap, spent, reserved } = figures[at] ?? { cap: 0, spent: 0, reserved: 0 };
      const left = Math.max(0, (cap ?? 0) - spent - reserved);
      return {
        limit: tokensFor(cap ?? 0, price),
        remaining: tokensFor(left, price),
        resetSeconds: secondsLeftOf(period, now),
      };
    });
    return rooms.reduce((tightest, room) => (room.remaining < tightest.remaining ? room : tightest));
  }
}

/** `price`: nano-dollars a token. */
const tokensFor = (microdollars: number, price: number): number => Math.floor((microdollars * 1000) / price);
