import type { ClientContext } from '../../network/client-context.js';
import type { EndpointOwner } from './endpoints/endpoint-owner.js';
import {
  ofClient,
  type SecurityEvents,
  type SecurityEventName,
} from '../../observability/security-events.js';

const endpointEvent = (
  events: SecurityEvents,
  client: ClientContext,
  owner: EndpointOwner,
  endpointId: string,
  event: SecurityEventName,
  text: string,
): void => {
  events.record({
    event,
    // One of the service is told of every account.
    level: owner.kind === 'account' ? 'LOW' : 'MEDIUM',
    text,
    ...ofClient(client),
    response: 'none',
    details: { endpoint_id: endpointId, of: owner.kind },
  });
};

export const webhookEndpointCreated = (
  events: SecurityEvents,
  client: ClientContext,
  owner: EndpointOwner,
  id: string,
): void => {
  endpointEvent(events, client, owner, id, 'authn_token_created', 'WEBHOOK-ENDPOINT created');
};

export const webhookSecretRotated = (
  events: SecurityEvents,
  client: ClientContext,
  owner: EndpointOwner,
  id: string,
): void => {
  endpointEvent(events, client, owner, id, 'authn_token_created', 'WEBHOOK-ENDPOINT secret rotated');
};

export const webhookEndpointDeleted = (
  events: SecurityEvents,
  client: ClientContext,
  owner: EndpointOwner,
  id: string,
): void => {
  endpointEvent(events, client, owner, id, 'authn_token_revoked', 'WEBHOOK-ENDPOINT deleted');
};

export const webhookEndpointEnabled = (
  events: SecurityEvents,
  client: ClientContext,
  owner: EndpointOwner,
  id: string,
): void => {
  endpointEvent(events, client, owner, id, 'authz_change', 'WEBHOOK-ENDPOINT enabled');
};

/** No instance could open its secret for a while: what is to be sent to it waits. */
export const webhookSecretUnreadable = (events: SecurityEvents, userId: string | null, id: string): void => {
  events.record({
    event: 'crypt_decrypt_fail',
    level: 'HIGH',
    text: 'WEBHOOK-ENDPOINT secret unreadable',
    ...(userId === null ? {} : { userId }),
    response: 'webhooks wait',
    details: { endpoint_id: id, of: userId === null ? 'service' : 'account' },
  });
};

/** By its receiver: it is gone, or has failed for days. */
export const webhookEndpointDisabled = (
  events: SecurityEvents,
  userId: string | null,
  id: string,
  reason: 'gone' | 'failing',
): void => {
  events.record({
    event: 'authz_change',
    level: 'MEDIUM',
    text: 'WEBHOOK-ENDPOINT disabled',
    ...(userId === null ? {} : { userId }),
    response: 'endpoint_disabled',
    details: { endpoint_id: id, of: userId === null ? 'service' : 'account', reason },
  });
};
