import { ApiExtraModels } from '@nestjs/swagger';
import {
  accountEventTypes,
  serviceEventTypes,
  webhookPolicy,
  type AccountEventType,
  type ServiceEventType,
} from '../../../../config/policy/operations/webhook-endpoints.js';
import { ChoiceField, ChoicesField, MomentField, TextField } from '../../../perimeter/input/fields.js';
import { pageQuery } from '../../../perimeter/input/page-query.js';
import {
  AlternativesProperty,
  ChoiceProperty,
  ChoicesProperty,
  IntegerProperty,
  ListProperty,
  MomentProperty,
  NextCursorProperty,
  TextProperty,
  UrlProperty,
  UuidProperty,
} from '../../../perimeter/output/properties.js';
import { webhookFailures } from '../../../ports/delivery/webhook-sender.js';
import { webhookBodies } from './webhook-bodies.dto.js';
import { deliveryStates } from './webhook-endpoint.js';

const days = webhookPolicy.keepDays;

class NewWebhookEndpointFields {
  @TextField({
    description: 'Where webhooks are posted: https, a public host, port 443. Redirects are not followed.',
    min: 1,
    max: webhookPolicy.urlCharacters,
    pattern: '^https?://[!-~]+$',
    example: 'https://hooks.example.com/velro',
  })
  url!: string;

  @TextField({
    description: 'What it is for.',
    optional: true,
    nullable: true,
    max: webhookPolicy.descriptionCharacters,
    example: 'order system',
  })
  description?: string | null;
}

export class CreateWebhookEndpointRequest extends NewWebhookEndpointFields {
  @ChoicesField({
    description: 'What is sent to it.',
    of: accountEventTypes,
    example: ['generation.completed', 'generation.failed'],
  })
  event_types!: AccountEventType[];
}

export class CreateServiceWebhookEndpointRequest extends NewWebhookEndpointFields {
  @ChoicesField({
    description: 'What is sent to it: of every account, and of the service.',
    of: serviceEventTypes,
    example: ['budget.reached', 'security.event'],
  })
  event_types!: ServiceEventType[];
}

export class RedeliverWebhooksRequest {
  @MomentField({
    description: `Of what was stored since then. Deliveries are kept for ${days} days.`,
    example: '2026-11-27T20:00:00Z',
  })
  since!: string;

  @ChoiceField({
    description: '`failed`: what was not delivered, also what was cancelled. `all`: what was delivered too.',
    optional: true,
    of: ['failed', 'all'],
  })
  status?: 'failed' | 'all';
}

export class ListWebhookDeliveriesQuery extends pageQuery(100) {}

export class WebhookEndpointResponse {
  @UuidProperty() id!: string;
  @UrlProperty() url!: string;
  @TextProperty({ nullable: true, max: webhookPolicy.descriptionCharacters }) description!: string | null;
  @ChoicesProperty(serviceEventTypes, { isExtensible: true }) event_types!: ServiceEventType[];
  @MomentProperty() created_at!: string;
  @MomentProperty({ nullable: true, description: 'Nothing is sent to it since.' })
  disabled_at!: string | null;
  @ChoiceProperty(['gone', 'failing'], {
    nullable: true,
    description: '`gone`: it answered 410. `failing`: nothing but failures for five days.',
  })
  disabled_reason!: string | null;
  @MomentProperty({ nullable: true, description: 'The first failure since the last success.' })
  failing_since!: string | null;
  @MomentProperty({
    nullable: true,
    description: 'Until then, the secret before the last rotation signs as well.',
  })
  previous_secret_expires_at!: string | null;
  @MomentProperty({ nullable: true, description: 'While what was sent to it since then is sent again.' })
  redelivering_since!: string | null;
}

export class ShownWebhookEndpointResponse extends WebhookEndpointResponse {
  @TextProperty({
    max: 50,
    pattern: '^whsec_[A-Za-z0-9+/]{43}=$',
    description: 'Verifies the signatures by Standard Webhooks. Not shown again.',
  })
  secret!: string;
}

export class WebhookEndpointsResponse {
  @ListProperty(WebhookEndpointResponse, { max: Math.max(webhookPolicy.perUser, webhookPolicy.ofService) })
  data!: WebhookEndpointResponse[];
}

@ApiExtraModels(...webhookBodies)
export class WebhookDeliveryResponse {
  @UuidProperty({ description: 'The `webhook-id`, the same at every attempt.' }) id!: string;
  @ChoiceProperty(deliveryStates, {
    description: '`failed`: there is no further attempt. `cancelled`: its endpoint was disabled.',
  })
  state!: string;
  @AlternativesProperty(webhookBodies, {
    description: 'The body, as JSON.',
  })
  event!: object;
  @IntegerProperty({ description: 'Since it was made, or sent again by hand.' }) attempts!: number;
  @MomentProperty({ description: `Kept for ${days} days.` }) created_at!: string;
  @MomentProperty({ nullable: true }) next_attempt_at!: string | null;
  @MomentProperty({ nullable: true, description: 'The last attempt; what follows is of it.' })
  attempted_at!: string | null;
  @IntegerProperty({ nullable: true, min: 100, max: 999 }) response_status!: number | null;
  @TextProperty({
    nullable: true,
    max: 2048,
    description: 'The first kilobyte of the answer, without what looks like personal data.',
  })
  response_start!: string | null;
  @ChoiceProperty([...webhookFailures, 'secret_unreadable'], {
    nullable: true,
    description: 'Why there was no answer.',
  })
  error!: string | null;
  @IntegerProperty({ nullable: true, description: 'Milliseconds.' }) duration_ms!: number | null;
}

export class WebhookDeliveriesPage {
  @ListProperty(WebhookDeliveryResponse, { max: 100 }) data!: WebhookDeliveryResponse[];
  @NextCursorProperty() next_cursor!: string | null;
}
