import { Module } from '@nestjs/common';
import { AdminCreditsController } from './admin-credits.controller.js';
import { CreditsController } from './credits.controller.js';
import { CreditsRepository } from './credits.repository.js';
import { MonthlyCredits } from './monthly-credits.js';
import { WebhookEventsModule } from '../webhooks/events/webhook-events.module.js';
import { CreditsService } from './credits.service.js';

@Module({
  imports: [WebhookEventsModule],
  controllers: [CreditsController, AdminCreditsController],
  providers: [CreditsRepository, CreditsService, MonthlyCredits],
  exports: [CreditsService],
})
export class CreditsModule {}
