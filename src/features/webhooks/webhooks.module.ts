import { Module } from '@nestjs/common';
import { CreditsModule } from '../credits/credits.module.js';
import { GatewayController } from './inbound/gateway.controller.js';
import { GatewayService } from './inbound/gateway.service.js';
import { MessageReader } from './inbound/message-reader.js';
import { GatewaySignature } from './inbound/gateway-signature.js';

/** Signed messages of other systems. */
@Module({
  imports: [CreditsModule],
  controllers: [GatewayController],
  providers: [GatewayService, GatewaySignature, MessageReader],
})
export class WebhooksModule {}
