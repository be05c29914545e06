import type { ClientContext } from '../../../network/client-context.js';
import { ofClient, type SecurityEvents } from '../../../observability/security-events.js';

/** `reason`: the check that the callback failed. */
export const callbackRefused = (events: SecurityEvents, client: ClientContext, reason: string): void => {
  events.record({
    event: 'authz_fail',
    level: 'MEDIUM',
    text: 'WEBHOOK signature refused',
    counts: 'webhook_signature_failures',
    ...ofClient(client),
    response: 'refused',
    details: { webhook: 'fal', reason },
  });
};
