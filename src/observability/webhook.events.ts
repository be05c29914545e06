import type { ClientContext } from '../network/client-context.js';
import { ofClient, type SecurityEvents } from './security-events.js';

/** A message of another service was refused. `webhook`: whose; `reason`: the check that it failed. */
export const webhookRefused = (
  events: SecurityEvents,
  client: ClientContext,
  webhook: 'fal' | 'gateway' | 'messenger',
  reason: string,
): void => {
  events.record({
    event: 'authz_fail',
    level: 'MEDIUM',
    text: 'WEBHOOK signature refused',
    counts: 'webhook_signature_failures',
    ...ofClient(client),
    response: 'refused',
    details: { webhook, reason },
  });
};
