import { Module } from '@nestjs/common';
import { BudgetRepository } from './budget.repository.js';
import { BudgetService } from './budget.service.js';
import { BudgetWatch } from './budget-watch.js';

/** What everybody used, and the budgets that hold it. */
@Module({
  providers: [BudgetRepository, BudgetService, BudgetWatch],
  exports: [BudgetService],
})
export class UsageModule {}
