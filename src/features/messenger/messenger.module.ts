import { Module } from '@nestjs/common';
import { AgentsModule } from '../assistants/agents/agents.module.js';
import { GatewayModule } from '../assistants/gateway/gateway.module.js';
import { MessengerAnswers } from './answers/messenger-answers.service.js';
import { MessengerWorker } from './answers/messenger.worker.js';
import { PageAgentsRepository } from './answers/page-agents.repository.js';
import { RepliesRepository } from './answers/replies.repository.js';
import { ReplySender } from './answers/reply-sender.js';
import { InboxRepository } from './inbound/inbox.repository.js';
import { MessengerInbox } from './inbound/messenger-inbox.js';
import { MessengerSignature } from './inbound/messenger-signature.js';
import { MessengerWebhook } from './inbound/messenger-webhook.service.js';
import { MessengerController } from './inbound/messenger.controller.js';
import { MessengerIds } from './people/messenger-ids.js';

/** Agents that people reach by Facebook Messenger. */
@Module({
  imports: [AgentsModule, GatewayModule],
  controllers: [MessengerController],
  providers: [
    MessengerWebhook,
    MessengerSignature,
    MessengerInbox,
    InboxRepository,
    MessengerIds,
    MessengerWorker,
    MessengerAnswers,
    RepliesRepository,
    ReplySender,
    PageAgentsRepository,
  ],
})
export class MessengerModule {}
