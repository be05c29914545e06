import { ApiProperty } from '@nestjs/swagger';
import { adjustmentAtMost } from '../../../config/policy/generations/credits.js';
import { IntegerField, TextField, UuidField } from '../../perimeter/input/fields.js';
import { entryKinds, type EntryKind } from './credits.repository.js';
import { limitQuery } from '../../perimeter/input/page-query.js';

export class BalanceResponse {
  @ApiProperty({ description: 'What can be spent.' }) balance!: number;
  @ApiProperty({ description: 'Held for generations that are under way.' }) reserved!: number;
}

export class ListTransactionsQuery extends limitQuery(100) {
  @TextField({ description: '`next_cursor` of the page before.', optional: true, min: 1, max: 20 })
  cursor?: string;
}

export class TransactionResponse {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: entryKinds }) kind!: EntryKind;
  @ApiProperty({ description: 'By how much what can be spent changed.' }) balance_change!: number;
  @ApiProperty({ description: 'By how much what is held changed.' }) reserved_change!: number;
  @ApiProperty({ type: String, nullable: true, format: 'uuid' }) generation_id!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Of an adjustment.' }) reason!: string | null;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
}

export class TransactionsPage {
  @ApiProperty({ type: [TransactionResponse] }) data!: TransactionResponse[];
  @ApiProperty({ type: String, nullable: true }) next_cursor!: string | null;
}

export class CreditStatsResponse {
  @ApiProperty({ description: 'Given at the start.' }) granted!: number;
  @ApiProperty({ description: 'By administrators, up and down.' }) adjusted!: number;
  @ApiProperty({ description: 'For completed generations.' }) spent!: number;
  @ApiProperty({ description: 'Given back for failed and cancelled ones.' }) released!: number;
  @ApiProperty({ description: 'Of the last thirty days.' }) spent_30_days!: number;
}

export class AdjustCreditsRequest {
  @UuidField({ description: 'Whose balance.' })
  user_id!: string;

  @IntegerField({
    description: 'Added to the balance; negative takes away.',
    min: -adjustmentAtMost,
    max: adjustmentAtMost,
  })
  amount!: number;

  @TextField({ description: 'Why: it stands in the ledger and is shown to the person.', min: 3, max: 500 })
  reason!: string;
}
