import {
  ChoiceProperty,
  IntegerProperty,
  ListProperty,
  MomentProperty,
  TextProperty,
  UuidProperty,
} from '../../perimeter/output/properties.js';
import { adjustmentAtMost } from '../../../config/policy/generations/credits.js';
import { IntegerField, TextField, UuidField } from '../../perimeter/input/fields.js';
import { entryKinds, type EntryKind } from './credits.repository.js';
import { limitQuery } from '../../perimeter/input/page-query.js';

/** Entries of the ledger are numbered. */
const entryNumber = { max: 20, pattern: '^[0-9]+$' };

export class BalanceResponse {
  @IntegerProperty({ description: 'What can be spent.' }) balance!: number;
  @IntegerProperty({ description: 'Held for generations and answers that are under way.' }) reserved!: number;
}

export class ListTransactionsQuery extends limitQuery(100) {
  @TextField({
    description: '`next_cursor` of the page before.',
    optional: true,
    min: 1,
    max: 18,
    pattern: '^[0-9]+$',
  })
  cursor?: string;
}

export class TransactionResponse {
  @TextProperty({ ...entryNumber }) id!: string;
  @ChoiceProperty(entryKinds) kind!: EntryKind;
  @IntegerProperty({ min: Number.MIN_SAFE_INTEGER, description: 'By how much what can be spent changed.' })
  balance_change!: number;
  @IntegerProperty({ min: Number.MIN_SAFE_INTEGER, description: 'By how much what is held changed.' })
  reserved_change!: number;
  @UuidProperty({ nullable: true }) generation_id!: string | null;
  @UuidProperty({ nullable: true, description: 'Of an answer of a language model that costs credits.' })
  call_id!: string | null;
  @TextProperty({
    nullable: true,
    max: 500,
    description: 'Of an adjustment, of monthly credits and of a top-up.',
  })
  reason!: string | null;
  @MomentProperty() created_at!: string;
}

export class TransactionsPage {
  @ListProperty(TransactionResponse, { max: 100 }) data!: TransactionResponse[];
  @TextProperty({
    nullable: true,
    ...entryNumber,
    description: 'The `cursor` of the next page; null on the last one.',
  })
  next_cursor!: string | null;
}

export class CreditStatsResponse {
  @IntegerProperty({ description: 'Given at the start, by month and by top-ups.' }) granted!: number;
  @IntegerProperty({ min: Number.MIN_SAFE_INTEGER, description: 'By administrators, up and down.' })
  adjusted!: number;
  @IntegerProperty({ description: 'For completed generations, and for answers.' }) spent!: number;
  @IntegerProperty({
    description: 'Given back for failed and cancelled generations, and for questions without an answer.',
  })
  released!: number;
  @IntegerProperty({ description: 'Of the last thirty days.' }) spent_30_days!: number;
}

export class AdjustCreditsRequest {
  @UuidField({ description: 'Whose balance.', example: '0193c1f0-7d1e-7cc0-9b57-2f7de54aa001' })
  user_id!: string;

  @IntegerField({
    description: 'Added to the balance; negative takes away.',
    example: 25,
    min: -adjustmentAtMost,
    max: adjustmentAtMost,
  })
  amount!: number;

  @TextField({
    description: 'Why: it stands in the ledger and is shown to the person.',
    example: 'compensation for an outage',
    min: 3,
    max: 500,
  })
  reason!: string;
}
