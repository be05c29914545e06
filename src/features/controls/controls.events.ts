import type { ClientContext } from '../../network/client-context.js';
import { ofClient, type SecurityEvents } from '../../observability/security-events.js';
import type { ControlId } from './catalogue/controls.js';

/** The administrator is the client's caller. */
export const controlAttested = (events: SecurityEvents, client: ClientContext, control: ControlId): void => {
  events.record({
    event: 'authz_admin',
    level: 'LOW',
    text: 'ADMIN control attested',
    ...ofClient(client),
    response: 'none',
    details: { control },
  });
};

/** `failed`: lines. */
export const controlsAudited = (events: SecurityEvents, client: ClientContext, failed: number): void => {
  events.record({
    event: 'authz_admin',
    level: 'LOW',
    text: 'ADMIN security audit recorded',
    ...ofClient(client),
    response: 'none',
    details: { failed },
  });
};
