import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../guards/route/access.js';
import { CallerParam, type Caller } from '../../guards/route/caller.js';
import { Scope } from '../../guards/route/scope.js';
import { OwnUsageQuery, UsageResponse } from './usage.dto.js';
import { toUsage } from './usage.presenter.js';
import { UsageService } from './usage.service.js';

@ApiTags('usage')
@SignedIn()
@Controller(`${apiPrefix}/usage`)
export class UsageController {
  constructor(private readonly usage: UsageService) {}

  @Scope('account:read')
  @ApiOperation({
    summary: 'Get what you used',
    description: 'Tokens, credits and what the providers charge for it, by day in UTC, model or API key.',
  })
  @Get()
  @ApiOkResponse({ type: UsageResponse })
  async own(@CallerParam() caller: Caller, @Query() query: OwnUsageQuery): Promise<UsageResponse> {
    const wanted = { from: query.from ?? null, to: query.to ?? null };
    return toUsage(await this.usage.own(caller, wanted, query.by ?? 'day'));
  }
}
