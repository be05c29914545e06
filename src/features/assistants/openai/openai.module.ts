import { Module } from '@nestjs/common';
import { TokenLife } from '../../../guards/token/token-life.js';
import { AiSwitchModule } from '../../ai-switch/ai-switch.module.js';
import { UsageModule } from '../../usage/usage.module.js';
import { GenerationsModule } from '../../generations/generations.module.js';
import { IdempotencyModule } from '../../idempotency/idempotency.module.js';
import { ModelsModule } from '../../models/models.module.js';
import { StorageModule } from '../../storage/storage.module.js';
import { AnswerCreditsModule } from '../credits/answer-credits.module.js';
import { GatewayModule } from '../gateway/gateway.module.js';
import { AnswerService } from './answer.service.js';
import { OpenAiCalls } from './calls/openai-calls.service.js';
import { TokenRoom } from './calls/token-room.js';
import { ImageCallsPurge } from './images/image-calls.purge.js';
import { ImageCallsRepository } from './images/image-calls.repository.js';
import { ImageOrders } from './images/image-orders.js';
import { ImagesController } from './images/images.controller.js';
import { ImagesService } from './images/images.service.js';
import { OpenAiModels } from './models/openai-models.service.js';
import { OpenAiController } from './openai.controller.js';

/** The routes that clients of OpenAI call. */
@Module({
  imports: [
    AiSwitchModule,
    AnswerCreditsModule,
    GatewayModule,
    GenerationsModule,
    IdempotencyModule,
    ModelsModule,
    StorageModule,
    UsageModule,
  ],
  controllers: [OpenAiController, ImagesController],
  providers: [
    AnswerService,
    OpenAiCalls,
    TokenRoom,
    OpenAiModels,
    ImagesService,
    ImageOrders,
    ImageCallsRepository,
    ImageCallsPurge,
    TokenLife,
  ],
})
export class OpenAiModule {}
