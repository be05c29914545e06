import type { Role } from '../../../config/policy/accounts/roles.js';
import type { ClientContext } from '../../network/client-context.js';
import { ofClient, type SecurityEvents } from '../../observability/security-events.js';

/** The administrator is the client's caller; `targetId` is the account that was acted on. */
export const roleChanged = (
  events: SecurityEvents,
  client: ClientContext,
  targetId: string,
  { from, to }: { from: Role; to: Role },
): void => {
  events.record({
    event: 'authz_change',
    level: 'HIGH',
    text: 'ADMIN role changed',
    ...ofClient(client),
    response: 'tokens_revoked',
    details: { target_id: targetId, from, to },
  });
};

export const accountDisabled = (events: SecurityEvents, client: ClientContext, targetId: string): void => {
  events.record({
    event: 'user_updated',
    level: 'MEDIUM',
    text: 'ADMIN account disabled',
    ...ofClient(client),
    response: 'tokens_revoked',
    details: { target_id: targetId },
  });
};

export const accountEnabled = (events: SecurityEvents, client: ClientContext, targetId: string): void => {
  events.record({
    event: 'user_updated',
    level: 'MEDIUM',
    text: 'ADMIN account enabled',
    ...ofClient(client),
    response: 'none',
    details: { target_id: targetId },
  });
};

export const accountSessionsEnded = (
  events: SecurityEvents,
  client: ClientContext,
  targetId: string,
): void => {
  events.record({
    event: 'authz_admin',
    level: 'MEDIUM',
    text: 'ADMIN sessions ended',
    ...ofClient(client),
    response: 'tokens_revoked',
    details: { target_id: targetId },
  });
};
