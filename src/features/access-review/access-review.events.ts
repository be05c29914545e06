import type { ClientContext } from '../../network/client-context.js';
import { ofClient, type SecurityEvents } from '../../observability/security-events.js';

/** The administrator is the client's caller. */
export const accessAttested = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'authz_admin',
    level: 'LOW',
    text: 'ADMIN access attested',
    ...ofClient(client),
    response: 'none',
    details: {},
  });
};
