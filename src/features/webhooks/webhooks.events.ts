import type { ClientContext } from '../../network/client-context.js';
import {
  ofClient,
  type SecurityEvents,
  type SecurityEventName,
} from '../../observability/security-events.js';

const endpointEvent = (
  events: SecurityEvents,
  client: ClientContext,
  endpointId: string,
  event: SecurityEventName,
  text: string,
): void => {
  events.record({
    event,
    level: 'LOW',
    text,
    ...ofClient(client),
    response: 'none',
    details: { endpoint_id: endpointId },
  });
};

export const webhookEndpointCreated = (events: SecurityEvents, client: ClientContext, id: string): void => {
  endpointEvent(events, client, id, 'authn_token_created', 'WEBHOOK-ENDPOINT created');
};

export const webhookSecretRotated = (events: SecurityEvents, client: ClientContext, id: string): void => {
  endpointEvent(events, client, id, 'authn_token_created', 'WEBHOOK-ENDPOINT secret rotated');
};

export const webhookEndpointDeleted = (events: SecurityEvents, client: ClientContext, id: string): void => {
  endpointEvent(events, client, id, 'authn_token_revoked', 'WEBHOOK-ENDPOINT deleted');
};

/** By its receiver: it is gone, or has failed for days. */
export const webhookEndpointDisabled = (
  events: SecurityEvents,
  userId: string,
  id: string,
  reason: 'gone' | 'failing',
): void => {
  events.record({
    event: 'authz_change',
    level: 'MEDIUM',
    text: 'WEBHOOK-ENDPOINT disabled',
    userId,
    response: 'endpoint_disabled',
    details: { endpoint_id: id, reason },
  });
};
