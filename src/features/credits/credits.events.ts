import type { ClientContext } from '../../network/client-context.js';
import { ofClient, type SecurityEvents } from '../../observability/security-events.js';

/** `amount` in credits, negative for a deduction. */
export const creditsAdjusted = (
  events: SecurityEvents,
  client: ClientContext,
  targetId: string,
  amount: number,
): void => {
  events.record({
    event: 'authz_admin',
    level: 'MEDIUM',
    text: 'ADMIN credits adjusted',
    ...ofClient(client),
    response: 'none',
    details: { target: targetId, amount },
  });
};

/** `amount` in credits, brought by a signed message from outside. */
export const creditsToppedUp = (events: SecurityEvents, userId: string, amount: number): void => {
  events.record({
    event: 'authz_change',
    level: 'LOW',
    text: 'CREDITS topped up',
    userId,
    response: 'none',
    details: { amount },
  });
};
