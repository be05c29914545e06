import type { SecurityEvents } from '../../observability/security-events.js';

/** A person used several times as much in `day` as on their usual one. */
export const usageRose = (
  events: SecurityEvents,
  userId: string,
  used: { readonly day: string; readonly credits: number; readonly cost_microusd: number },
): void => {
  events.record({
    event: 'excess_rate_limit_exceeded',
    level: 'MEDIUM',
    text: 'USAGE unusual rise',
    userId,
    response: 'none',
    details: used,
  });
};
