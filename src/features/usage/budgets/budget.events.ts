import type { SecurityEvents } from '../../../observability/security-events.js';

/** `share`: thousandths of the budget of `period` that are spent. */
export const budgetShareReached = (
  events: SecurityEvents,
  scope: string,
  period: string,
  share: number,
): void => {
  events.record({
    event: 'excess_rate_limit_exceeded',
    level: 'HIGH',
    text: 'BUDGET share reached',
    response: share >= 1000 ? 'refused until the next period' : 'none',
    counts: 'budget_alerts',
    details: { budget: scope, period, share: share / 1000 },
  });
};
