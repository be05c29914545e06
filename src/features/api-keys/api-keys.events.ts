import type { ClientContext } from '../../network/client-context.js';
import {
  ofClient,
  type SecurityEvents,
  type SecurityEventName,
} from '../../observability/security-events.js';

const keyEvent = (
  events: SecurityEvents,
  client: ClientContext,
  keyId: string,
  event: SecurityEventName,
  text: string,
): void => {
  events.record({
    event,
    level: 'LOW',
    text,
    ...ofClient(client),
    response: 'none',
    details: { key_id: keyId },
  });
};

export const apiKeyCreated = (events: SecurityEvents, client: ClientContext, keyId: string): void => {
  keyEvent(events, client, keyId, 'authn_token_created', 'API-KEY created');
};

export const apiKeyRotated = (events: SecurityEvents, client: ClientContext, keyId: string): void => {
  keyEvent(events, client, keyId, 'authn_token_created', 'API-KEY rotated');
};

export const apiKeyDeleted = (events: SecurityEvents, client: ClientContext, keyId: string): void => {
  keyEvent(events, client, keyId, 'authn_token_revoked', 'API-KEY deleted');
};

export const apiKeyLimited = (events: SecurityEvents, client: ClientContext, keyId: string): void => {
  keyEvent(events, client, keyId, 'authz_change', 'API-KEY limits changed');
};
