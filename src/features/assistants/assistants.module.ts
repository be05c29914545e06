import { Module } from '@nestjs/common';
import { AiSwitchModule } from '../ai-switch/ai-switch.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { AgentsModule } from './agents/agents.module.js';
import { ChatModule } from './chat/chat.module.js';
import { VisitorsModule } from './visitors/visitors.module.js';
import { GatewayModule } from './gateway/gateway.module.js';
import { OpenAiModule } from './openai/openai.module.js';
import { AiOperationsController } from './operations/ai-operations.controller.js';
import { RecentCallsRepository } from './operations/recent-calls.repository.js';
import { AiOperations } from './operations/ai-operations.service.js';

/** Answers of language models. */
@Module({
  imports: [
    AgentsModule,
    AiSwitchModule,
    ChatModule,
    GatewayModule,
    OpenAiModule,
    UsageModule,
    VisitorsModule,
  ],
  controllers: [AiOperationsController],
  providers: [AiOperations, RecentCallsRepository],
  exports: [AiOperations],
})
export class AssistantsModule {}
