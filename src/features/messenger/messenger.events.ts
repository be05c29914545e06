import { ofClient, type SecurityEvents } from '../../observability/security-events.js';
import type { ClientContext } from '../../network/client-context.js';

/** A signed batch could not be read: nothing of it is stored. */
export const batchUnreadable = (events: SecurityEvents, client: ClientContext, reason: string): void => {
  events.record({
    event: 'input_validation_fail',
    level: 'MEDIUM',
    text: 'MESSENGER batch unreadable',
    ...ofClient(client),
    response: 'refused',
    details: { reason },
  });
};

/** The token of the page is not valid: nothing can be sent. */
export const pageTokenRefused = (events: SecurityEvents): void => {
  events.record({
    event: 'authn_token_revoked',
    level: 'CRITICAL',
    text: 'MESSENGER page token refused',
    response: 'replies wait',
    details: { variable: 'FACEBOOK_PAGE_ACCESS_TOKEN' },
  });
};
