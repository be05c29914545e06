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

/** An administrator decided who answers a person, or a page. `personId`: null for a page. */
export const personChanged = (
  events: SecurityEvents,
  client: ClientContext,
  personId: string | null,
  details: Readonly<Record<string, string | number>>,
): void => {
  events.record({
    event: 'authz_admin',
    level: 'LOW',
    text: 'MESSENGER changed',
    ...ofClient(client),
    response: 'none',
    details: { ...(personId === null ? {} : { person_id: personId }), ...details },
  });
};
