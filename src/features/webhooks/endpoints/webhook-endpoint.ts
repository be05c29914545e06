import type { ServiceEventType } from '../../../../config/policy/operations/webhook-endpoints.js';

/** An endpoint as shown to its owner. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  readonly eventTypes: readonly ServiceEventType[];
  readonly createdAt: Date;
  /** `gone`: the receiver answered 410; `failing`: nothing but failures for days. Null while it is in use. */
  readonly disabled: { readonly at: Date; readonly reason: 'gone' | 'failing' } | null;
  readonly failingSince: Date | null;
  /** Until when the secret before the last rotation signs along; null when it does not any more. */
  readonly previousSecretUntil: Date | null;
  /** Since when what was sent to it is sent again, while it is; otherwise null. */
  readonly redeliveringSince: Date | null;
}

/** A new secret, which cannot be read again: `whsec_…`. */
export interface ShownWebhookEndpoint {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

export type NewWebhookEndpoint = Pick<WebhookEndpoint, 'url' | 'description' | 'eventTypes'>;

/** What is sent again: since when, and of what state. `failed`: what was not delivered. */
export interface Redelivery {
  readonly since: Date;
  readonly status: 'failed' | 'all';
}

export const deliveryStates = ['waiting', 'delivered', 'failed', 'cancelled'] as const;

/** A webhook and what became of it; all of the last attempt is null before the first. */
export interface WebhookDelivery {
  /** The webhook-id. */
  readonly id: string;
  readonly eventType: string;
  readonly state: (typeof deliveryStates)[number];
  readonly body: string;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly nextAttemptAt: Date | null;
  readonly attemptedAt: Date | null;
  readonly responseStatus: number | null;
  readonly responseStart: string | null;
  readonly error: string | null;
  readonly durationMs: number | null;
}
