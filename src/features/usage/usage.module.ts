import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { WebhookEventsModule } from '../webhooks/events/webhook-events.module.js';
import { AdminUsageController } from './admin-usage.controller.js';
import { BudgetAlerts } from './budgets/budget-alerts.js';
import { BudgetRepository } from './budgets/budget.repository.js';
import { BudgetService } from './budgets/budget.service.js';
import { BudgetWatch } from './budgets/budget-watch.js';
import { UsageController } from './usage.controller.js';
import { UsageRepository } from './usage.repository.js';
import { UsageRises } from './usage-rises.js';
import { AccountUsageService } from './account-usage.service.js';
import { UsageService } from './usage.service.js';

/** What everybody used, and the budgets that hold it. */
@Module({
  imports: [AuditModule, WebhookEventsModule],
  controllers: [UsageController, AdminUsageController],
  providers: [
    BudgetAlerts,
    BudgetRepository,
    BudgetService,
    BudgetWatch,
    UsageRepository,
    UsageRises,
    UsageService,
    AccountUsageService,
  ],
  exports: [AccountUsageService, BudgetAlerts, BudgetService, UsageRises],
})
export class UsageModule {}
