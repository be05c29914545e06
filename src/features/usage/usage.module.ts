import { Module } from '@nestjs/common';
import { BudgetAlerts } from './budget-alerts.js';
import { BudgetRepository } from './budget.repository.js';
import { BudgetService } from './budget.service.js';
import { BudgetWatch } from './budget-watch.js';

/** What everybody used, and the budgets that hold it. */
@Module({
  providers: [BudgetAlerts, BudgetRepository, BudgetService, BudgetWatch],
  exports: [BudgetAlerts, BudgetService],
})
export class UsageModule {}
