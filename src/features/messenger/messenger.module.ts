import { Module } from '@nestjs/common';
import { AgentsModule } from '../assistants/agents/agents.module.js';
import { GatewayModule } from '../assistants/gateway/gateway.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { DeadJobs } from '../jobs/dead-jobs.js';
import { DeadReplies } from './answers/dead-replies.repository.js';
import { MessengerAnswers } from './answers/messenger-answers.service.js';
import { MessengerWorker } from './answers/messenger.worker.js';
import { PageAgentsRepository } from './people/page-agents.repository.js';
import { RepliesRepository } from './answers/replies.repository.js';
import { SendingsRepository } from './answers/sendings.repository.js';
import { ReplySender } from './answers/reply-sender.js';
import { DataDeletionController } from './deletion/data-deletion.controller.js';
import { DataDeletion } from './deletion/data-deletion.service.js';
import { DeletionsRepository } from './deletion/deletions.repository.js';
import { DeletionsWorker } from './deletion/deletions.worker.js';
import { InboxRepository } from './inbound/inbox.repository.js';
import { MessengerInbox } from './inbound/messenger-inbox.js';
import { MessengerSignature } from './inbound/messenger-signature.js';
import { MessengerWebhook } from './inbound/messenger-webhook.service.js';
import { MessengerController } from './inbound/messenger.controller.js';
import { AdminMessengerController } from './admin/admin-messenger.controller.js';
import { AdminMessengerService } from './admin/admin-messenger.service.js';
import { MessengerPurge } from './people/messenger.purge.js';
import { MessengerRekey } from './people/messenger.rekey.js';
import { PeopleRepository } from './people/people.repository.js';
import { MessengerIds } from './people/messenger-ids.js';
import { RekeyRepository } from './people/rekey.repository.js';

/** Agents that people reach by Facebook Messenger. */
@Module({
  imports: [AuditModule, AgentsModule, GatewayModule],
  controllers: [MessengerController, DataDeletionController, AdminMessengerController],
  providers: [
    MessengerWebhook,
    MessengerSignature,
    MessengerInbox,
    InboxRepository,
    MessengerIds,
    MessengerWorker,
    MessengerAnswers,
    RepliesRepository,
    SendingsRepository,
    ReplySender,
    PageAgentsRepository,
    PeopleRepository,
    MessengerPurge,
    MessengerRekey,
    RekeyRepository,
    DataDeletion,
    DeletionsRepository,
    DeletionsWorker,
    { provide: DeadJobs, useClass: DeadReplies },
    AdminMessengerService,
  ],
  exports: [DeadJobs],
})
export class MessengerModule {}
