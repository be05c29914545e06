import { AccountAnswersService } from './account-answers.service.js';
import { Module } from '@nestjs/common';
import { TokenLife } from '../../../guards/token/token-life.js';
import { AgentsModule } from '../agents/agents.module.js';
import { AnswerCreditsModule } from '../credits/answer-credits.module.js';
import { StorageModule } from '../../storage/storage.module.js';
import { WebhookEventsModule } from '../../webhooks/events/webhook-events.module.js';
import { GatewayModule } from '../gateway/gateway.module.js';
import { ChatController } from './chat.controller.js';
import { ConversationsController } from './conversations/conversations.controller.js';
import { ConversationsRepository } from './conversations/conversations.repository.js';
import { ConversationsService } from './conversations/conversations.service.js';
import { AnswerWriter } from './runs/answer-writer.js';
import { ChatRuns } from './runs/chat-runs.service.js';
import { ChatCalls } from './runs/chat-calls.js';
import { ChatAttachments } from './runs/chat-attachments.js';
import { ChatService } from './runs/chat.service.js';
import { ChatStreams } from './runs/chat-streams.js';
import { RunBeginningsRepository } from './runs/run-beginnings.repository.js';
import { RunsRepository } from './runs/runs.repository.js';
import { RunsSweep } from './runs/runs.sweep.js';

/** Conversations with assistants. */
@Module({
  imports: [AgentsModule, AnswerCreditsModule, GatewayModule, StorageModule, WebhookEventsModule],
  controllers: [ChatController, ConversationsController],
  providers: [
    ConversationsService,
    ConversationsRepository,
    ChatService,
    ChatAttachments,
    ChatCalls,
    ChatStreams,
    ChatRuns,
    AnswerWriter,
    RunBeginningsRepository,
    RunsRepository,
    AccountAnswersService,
    RunsSweep,
    TokenLife,
  ],
  exports: [AccountAnswersService, ChatService],
})
export class ChatModule {}
