import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
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
import type { StoredEntry } from './credits.repository.js';
import { CreditsService } from './credits.service.js';

const defaultPage = 20;

@ApiTags('credits')
@SignedIn()
@Controller(`${apiPrefix}/credits`)
export class CreditsController {
  constructor(private readonly credits: CreditsService) {}

  @Scope('account:read')
  @Get('balance')
  @ApiOkResponse({ type: BalanceResponse })
  async balance(@CallerParam() caller: Caller): Promise<BalanceResponse> {
    return this.credits.balance(caller);
  }

  @Scope('account:read')
  @Get('transactions')
  @ApiOkResponse({ type: TransactionsPage, description: 'The ledger, newest first.' })
  async transactions(
    @CallerParam() caller: Caller,
    @Query() query: ListTransactionsQuery,
  ): Promise<TransactionsPage> {
    const { page, nextCursor } = await this.credits.transactions(
      caller,
      query.limit ?? defaultPage,
      readCursor(query.cursor),
    );
    return { data: page.map(toTransaction), next_cursor: nextCursor };
  }

  @Scope('account:read')
  @Get('stats')
  @ApiOkResponse({ type: CreditStatsResponse })
  async stats(@CallerParam() caller: Caller): Promise<CreditStatsResponse> {
    const { granted, adjusted, spent, released, spentLately } = await this.credits.totals(caller);
    return { granted, adjusted, spent, released, spent_30_days: spentLately };
  }
}

/** Lines are numbered by the database. */
function readCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (/^\d{1,18}$/.test(cursor)) return cursor;
  throw new Problem('validation_failed', {
    errors: [{ field: 'cursor', code: 'malformed', message: 'is not a cursor of this list' }],
  });
}

const toTransaction = (entry: StoredEntry) => ({
  id: entry.id,
  kind: entry.kind,
  balance_change: entry.balanceChange,
  reserved_change: entry.reservedChange,
  generation_id: entry.generationId,
  reason: entry.reason,
  created_at: entry.createdAt.toISOString(),
});
