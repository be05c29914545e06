import type { ShownWebhookEndpoint, WebhookDelivery, WebhookEndpoint } from './webhook-endpoint.js';
import type {
  ShownWebhookEndpointResponse,
  WebhookDeliveryResponse,
  WebhookEndpointResponse,
} from './webhook-endpoints.dto.js';

/** Field by field: what is not named here is not sent. */
export const toWebhookEndpoint = (endpoint: WebhookEndpoint): WebhookEndpointResponse => ({
  id: endpoint.id,
  url: endpoint.url,
  description: endpoint.description,
  event_types: [...endpoint.eventTypes],
  created_at: endpoint.createdAt.toISOString(),
  disabled_at: endpoint.disabled?.at.toISOString() ?? null,
  disabled_reason: endpoint.disabled?.reason ?? null,
  failing_since: endpoint.failingSince?.toISOString() ?? null,
  previous_secret_expires_at: endpoint.previousSecretUntil?.toISOString() ?? null,
  redelivering_since: endpoint.redeliveringSince?.toISOString() ?? null,
});

export const toShownWebhookEndpoint = ({
  endpoint,
  secret,
}: ShownWebhookEndpoint): ShownWebhookEndpointResponse =>
  Object.assign(toWebhookEndpoint(endpoint), { secret });

export const toWebhookDelivery = (delivery: WebhookDelivery): WebhookDeliveryResponse => ({
  id: delivery.id,
  state: delivery.state,
  event: JSON.parse(delivery.body) as object,
  attempts: delivery.attempts,
  created_at: delivery.createdAt.toISOString(),
  next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
  attempted_at: delivery.attemptedAt?.toISOString() ?? null,
  response_status: delivery.responseStatus,
  response_start: delivery.responseStart,
  error: delivery.error,
  duration_ms: delivery.durationMs,
});
