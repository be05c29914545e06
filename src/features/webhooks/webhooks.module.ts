import { Module } from '@nestjs/common';
import { ChatModule } from '../assistants/chat/chat.module.js';
import { UsersModule } from '../users/users.module.js';
import { AgentQuestions } from './inbound/agent-questions.service.js';
import { GatewayAddresses } from './inbound/gateway-addresses.js';
import { GatewayMessagesRepository } from './inbound/gateway-messages.repository.js';
import { GatewayPurge } from './inbound/gateway.purge.js';
import { CreditsModule } from '../credits/credits.module.js';
import { GatewayController } from './inbound/gateway.controller.js';
import { GatewayService } from './inbound/gateway.service.js';
import { WebhookEndpointsModule } from './endpoints/webhook-endpoints.module.js';
import { WebhookEventsModule } from './events/webhook-events.module.js';
import { MessageReader } from './inbound/message-reader.js';
import { GatewaySignature } from './inbound/gateway-signature.js';

/** Signed messages of other systems, and to them. */
@Module({
  imports: [ChatModule, CreditsModule, UsersModule, WebhookEndpointsModule, WebhookEventsModule],
  controllers: [GatewayController],
  providers: [
    GatewayService,
    GatewaySignature,
    GatewayAddresses,
    MessageReader,
    AgentQuestions,
    GatewayMessagesRepository,
    GatewayPurge,
  ],
})
export class WebhooksModule {}
