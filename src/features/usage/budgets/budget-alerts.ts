import { Injectable } from '@nestjs/common';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { BudgetRepository } from './budget.repository.js';
import { budgetShareReached } from './budget.events.js';

/** All of it, in thousandths. */
const whole = 1000;

/** Tells once of each share of a budget that is reached, whichever instance sees it. */
@Injectable()
export class BudgetAlerts {
  /** The periods of which this instance has told that they hold no more: one text, the latest. */
  private exhausted = '';

  constructor(
    private readonly budgets: BudgetRepository,
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {}

  /** `share`: thousandths. Claimed before it is told: an alert may be lost with its instance, and never comes twice. */
  async reached(scope: string, period: string, share: number): Promise<void> {
    if (await this.budgets.claimAlert(scope, period, share))
      budgetShareReached(this.events, scope, period, share);
  }

  /** A call was refused, for the budget holds no more of its size. Behind the answer; never throws. */
  refused(scope: string, period: string): void {
    const which = `${scope} ${period}`;
    if (this.exhausted === which) return;
    this.exhausted = which;
    this.reached(scope, period, whole).catch((cause: unknown) => {
      this.exhausted = '';
      this.log.warn('an exhausted budget could not be told', { cause });
    });
  }
}
