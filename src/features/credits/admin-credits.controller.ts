import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags, ApiOperation } from '@nestjs/swagger';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { Admin } from '../../guards/route/admin.js';
import { CallerParam, type Caller } from '../../guards/route/caller.js';
import { AdjustCreditsRequest, BalanceResponse } from './credits.dto.js';
import { CreditsService } from './credits.service.js';
import { ClientParam } from '../../guards/route/client.js';
import type { ClientContext } from '../../network/client-context.js';

@ApiTags('admin')
@Admin()
@Controller(`${apiPrefix}/admin/credits`)
export class AdminCreditsController {
  constructor(private readonly credits: CreditsService) {}

  @ApiOperation({
    summary: 'Adjust a balance',
    description: "The entry stands in the ledger with its reason, and the account's owner sees it.",
  })
  @Post('adjust')
  @HttpCode(200)
  @ApiOkResponse({ type: BalanceResponse, description: 'The figures afterwards.' })
  async adjust(
    @CallerParam() caller: Caller,
    @Body() body: AdjustCreditsRequest,
    @ClientParam() client: ClientContext,
  ): Promise<BalanceResponse> {
    const adjustment = { userId: body.user_id, amount: body.amount, reason: body.reason };
    return this.credits.adjust(caller, adjustment, client);
  }
}
