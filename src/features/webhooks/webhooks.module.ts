import { Module } from '@nestjs/common';
import { CreditsModule } from '../credits/credits.module.js';
import { GatewayController } from './inbound/gateway.controller.js';
import { GatewayService } from './inbound/gateway.service.js';
import { WebhookEndpointsModule } from './endpoints/webhook-endpoints.module.js';
import { WebhookEventsModule } from './events/webhook-events.module.js';
import { MessageReader } from './inbound/message-reader.js';
import { GatewaySignature } from './inbound/gateway-signature.js';

/** Signed messages of other systems, and to them. */
@Module({
  imports: [CreditsModule, WebhookEndpointsModule, WebhookEventsModule],
  controllers: [GatewayController],
  providers: [GatewayService, GatewaySignature, MessageReader],
})
export class WebhooksModule {}
