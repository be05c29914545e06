import { Module } from '@nestjs/common';
import { TokenLife } from '../../guards/token/token-life.js';
import { AiSwitchModule } from '../ai-switch/ai-switch.module.js';
import { CreditsModule } from '../credits/credits.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { MediaModule } from '../media/media.module.js';
import { ModelsModule } from '../models/models.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { UsersModule } from '../users/users.module.js';
import { WebhookEventsModule } from '../webhooks/events/webhook-events.module.js';
import { AcceptanceRepository } from './orders/acceptance.repository.js';
import { CallbackLinks } from './jobs/callback-links.js';
import { CallbacksController } from './callbacks/callbacks.controller.js';
import { CallbacksPurge } from './callbacks/callbacks.purge.js';
import { CallbacksRepository } from './callbacks/callbacks.repository.js';
import { CallbacksService } from './callbacks/callbacks.service.js';
import { Dispatcher } from './jobs/dispatcher.js';
import { AccountGenerationsService } from './jobs/account-generations.service.js';
import { EndingsRepository } from './jobs/endings.repository.js';
import { JobPoller } from './jobs/job-poller.js';
import { GenerationEnds } from './events/generation-ends.js';
import { GenerationEvents } from './events/generation-events.js';
import { GenerationsController } from './orders/generations.controller.js';
import { AcceptanceService } from './orders/acceptance.service.js';
import { CancellationService } from './orders/cancellation.service.js';
import { OrderValidator } from './orders/order-validator.js';
import { GenerationEventsController } from './events/generation-events.controller.js';
import { GenerationsRepository } from './orders/generations.repository.js';
import { GenerationBudget } from './orders/generation-budget.js';
import { GenerationDrafts } from './orders/generation-drafts.js';
import { GenerationsService } from './orders/generations.service.js';
import { JobsRepository } from './jobs/jobs.repository.js';
import { OrderReader } from './orders/order-reader.js';
import { ReferenceImages } from './orders/reference-images.js';
import { Settlement } from './jobs/settlement.js';
import { Submitter } from './jobs/submitter.js';

@Module({
  imports: [
    AiSwitchModule,
    CreditsModule,
    IdempotencyModule,
    MediaModule,
    ModelsModule,
    StorageModule,
    UsageModule,
    UsersModule,
    WebhookEventsModule,
  ],
  controllers: [GenerationsController, GenerationEventsController, CallbacksController],
  providers: [
    // Requests.
    GenerationsService,
    GenerationsRepository,
    AcceptanceService,
    GenerationBudget,
    GenerationDrafts,
    CancellationService,
    OrderValidator,
    GenerationEvents,
    GenerationEnds,
    TokenLife,
    AcceptanceRepository,
    OrderReader,
    ReferenceImages,
    // Jobs.
    Dispatcher,
    Submitter,
    JobPoller,
    Settlement,
    JobsRepository,
    EndingsRepository,
    AccountGenerationsService,
    // The provider's callbacks.
    CallbackLinks,
    CallbacksService,
    CallbacksRepository,
    CallbacksPurge,
  ],
  exports: [AcceptanceService, AccountGenerationsService, Dispatcher, GenerationEnds, GenerationsService],
})
export class GenerationsModule {}
