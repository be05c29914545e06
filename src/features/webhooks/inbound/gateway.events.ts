import type { ClientContext } from '../../../network/client-context.js';
import { ofClient, type SecurityEvents } from '../../../observability/security-events.js';

/** `reason`: the check that a message to the gateway failed. */
export const messageRefused = (events: SecurityEvents, client: ClientContext, reason: string): void => {
  events.record({
    event: 'authz_fail',
    level: 'MEDIUM',
    text: 'WEBHOOK signature refused',
    counts: 'webhook_signature_failures',
    ...ofClient(client),
    response: 'refused',
    details: { webhook: 'gateway', reason },
  });
};
