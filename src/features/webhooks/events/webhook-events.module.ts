import { Module } from '@nestjs/common';
import { WebhookEvents } from './webhook-events.service.js';

/** Apart from the endpoints: whatever has events imports it. */
@Module({ providers: [WebhookEvents], exports: [WebhookEvents] })
export class WebhookEventsModule {}
