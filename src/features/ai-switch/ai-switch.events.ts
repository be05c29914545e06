import type { ClientContext } from '../../network/client-context.js';
import { ofClient, type SecurityEvents } from '../../observability/security-events.js';

export const aiSwitched = (events: SecurityEvents, client: ClientContext, enabled: boolean): void => {
  events.record({
    event: 'authz_admin',
    level: 'HIGH',
    text: enabled ? 'AI switched on' : 'AI switched off',
    ...ofClient(client),
    response: 'none',
    details: { ai_enabled: String(enabled) },
  });
};
