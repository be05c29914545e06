import { Module } from '@nestjs/common';
import { AiSwitchModule } from '../ai-switch/ai-switch.module.js';
import { CreditsModule } from '../credits/credits.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { MediaModule } from '../media/media.module.js';
import { ModelsModule } from '../models/models.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { UsersModule } from '../users/users.module.js';
import { AcceptanceRepository } from './acceptance.repository.js';
import { CallbackLinks } from './callback-links.js';
import { CallbacksController } from './callbacks.controller.js';
import { CallbacksPurge } from './callbacks.purge.js';
import { CallbacksRepository } from './callbacks.repository.js';
import { CallbacksService } from './callbacks.service.js';
import { Dispatcher } from './dispatcher.js';
import { EndingsRepository } from './endings.repository.js';
import { Follower } from './follower.js';
import { GenerationEvents } from './generation-events.js';
import { GenerationsController } from './generations.controller.js';
import { GenerationsPresenter } from './generations.presenter.js';
import { GenerationsRepository } from './generations.repository.js';
import { GenerationsService } from './generations.service.js';
import { JobsRepository } from './jobs.repository.js';
import { OrderReader } from './order-reader.js';
import { ReferenceImages } from './reference-images.js';
import { Settlement } from './settlement.js';
import { Submitter } from './submitter.js';

@Module({
  imports: [
    AiSwitchModule,
    CreditsModule,
    IdempotencyModule,
    MediaModule,
    ModelsModule,
    StorageModule,
    UsersModule,
  ],
  controllers: [GenerationsController, CallbacksController],
  providers: [
    // What people ask.
    GenerationsService,
    GenerationsRepository,
    GenerationsPresenter,
    GenerationEvents,
    AcceptanceRepository,
    OrderReader,
    ReferenceImages,
    // How it gets done.
    Dispatcher,
    Submitter,
    Follower,
    Settlement,
    JobsRepository,
    EndingsRepository,
    // What the provider says by itself.
    CallbackLinks,
    CallbacksService,
    CallbacksRepository,
    CallbacksPurge,
  ],
  exports: [Dispatcher, GenerationsService],
})
export class GenerationsModule {}
