import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AdminCreditsController } from './admin-credits.controller.js';
import { CreditsController } from './credits.controller.js';
import { CreditsRepository } from './credits.repository.js';
import { FirstCreditsRepository } from './first-credits.repository.js';
import { FirstCreditsPurge } from './first-credits.purge.js';
import { LedgerRepository } from './ledger.repository.js';
import { MonthlyCredits } from './monthly-credits.js';
import { WebhookEventsModule } from '../webhooks/events/webhook-events.module.js';
import { CreditsService } from './credits.service.js';

@Module({
  imports: [AuditModule, WebhookEventsModule],
  controllers: [CreditsController, AdminCreditsController],
  providers: [
    CreditsRepository,
    FirstCreditsRepository,
    FirstCreditsPurge,
    LedgerRepository,
    CreditsService,
    MonthlyCredits,
  ],
  exports: [CreditsService],
})
export class CreditsModule {}
