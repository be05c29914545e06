import { Module } from '@nestjs/common';
import { CreditsModule } from '../credits/credits.module.js';
import { ModelsModule } from '../models/models.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { GenerationEvents } from './generation-events.js';
import { GenerationsController } from './generations.controller.js';
import { GenerationsPresenter } from './generations.presenter.js';
import { GenerationsRepository } from './generations.repository.js';
import { GenerationsService } from './generations.service.js';
import { GenerationsWorker } from './generations.worker.js';

@Module({
  imports: [CreditsModule, ModelsModule, StorageModule],
  controllers: [GenerationsController],
  providers: [
    GenerationsService,
    GenerationsRepository,
    GenerationsPresenter,
    GenerationEvents,
    GenerationsWorker,
  ],
})
export class GenerationsModule {}
