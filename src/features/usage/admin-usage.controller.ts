import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditedRead } from '../audit/audited-read.service.js';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { Admin } from '../../guards/route/admin.js';
import { BudgetService } from './budgets/budget.service.js';
import { AllUsageQuery, BudgetsResponse, UsageResponse } from './usage.dto.js';
import { toBudgets, toUsage } from './usage.presenter.js';
import { UsageService } from './usage.service.js';

@ApiTags('admin')
@Admin()
@Controller(`${apiPrefix}/admin`)
export class AdminUsageController {
  constructor(
    private readonly usage: UsageService,
    private readonly budgets: BudgetService,
  ) {}

  @ApiOperation({
    summary: 'Get what everybody used',
    description: 'By person, model, API key or day in UTC; the dearest of them.',
  })
  @Get('usage')
  @AuditedRead({ what: 'usage', of: 'many' })
  @ApiOkResponse({ type: UsageResponse })
  async all(@Query() query: AllUsageQuery): Promise<UsageResponse> {
    const wanted = { from: query.from ?? null, to: query.to ?? null };
    return toUsage(await this.usage.all(wanted, query.by ?? 'person'));
  }

  @ApiOperation({
    summary: 'Get the budgets and what is spent of them',
    description: 'Of today and of this month in UTC: of language models, and of generations.',
  })
  @Get('budgets')
  @ApiOkResponse({ type: BudgetsResponse })
  async read(): Promise<BudgetsResponse> {
    return toBudgets(await this.budgets.read());
  }
}
