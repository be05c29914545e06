import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags, ApiOperation } from '@nestjs/swagger';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { Problem } from '../../errors/problem.js';
import { SignedIn } from '../../guards/route/access.js';
import { CallerParam, type Caller } from '../../guards/route/caller.js';
import { Scope } from '../../guards/route/scope.js';
import {
  BalanceResponse,
  CreditStatsResponse,
  ListTransactionsQuery,
  TransactionsPage,
} from './credits.dto.js';
import { CreditsService } from './credits.service.js';
import { toPageRequest } from '../../perimeter/input/page-query.js';
import { toCreditStats, toTransaction } from './credits.presenter.js';

@ApiTags('credits')
@SignedIn()
@Controller(`${apiPrefix}/credits`)
export class CreditsController {
  constructor(private readonly credits: CreditsService) {}

  @Scope('account:read')
  @ApiOperation({ summary: 'Get your balance' })
  @Get('balance')
  @ApiOkResponse({ type: BalanceResponse })
  async balance(@CallerParam() caller: Caller): Promise<BalanceResponse> {
    return this.credits.balance(caller);
  }

  @Scope('account:read')
  @ApiOperation({ summary: 'List the entries of your ledger' })
  @Get('transactions')
  @ApiOkResponse({ type: TransactionsPage, description: 'The ledger, newest first.' })
  async transactions(
    @CallerParam() caller: Caller,
    @Query() query: ListTransactionsQuery,
  ): Promise<TransactionsPage> {
    const { limit, cursor } = toPageRequest(query);
    const page = await this.credits.transactions(caller, { limit, cursor: readCursor(cursor) });
    return { data: page.items.map(toTransaction), next_cursor: page.nextCursor };
  }

  @Scope('account:read')
  @ApiOperation({ summary: 'Get the totals of your credits' })
  @Get('stats')
  @ApiOkResponse({ type: CreditStatsResponse })
  async stats(@CallerParam() caller: Caller): Promise<CreditStatsResponse> {
    return toCreditStats(await this.credits.totals(caller));
  }
}

/** A cursor is the number of an entry. */
function readCursor(cursor: string | null): string | null {
  if (cursor === null) return null;
  if (/^\d{1,18}$/.test(cursor)) return cursor;
  throw new Problem('validation_failed', {
    errors: [{ field: 'cursor', code: 'malformed', message: 'is not a cursor of this list' }],
  });
}
