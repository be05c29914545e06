import { heldBy, personalTable, withheld, type PersonalTable } from '../../database/personal-data.js';

const entriesOf = heldBy('credit_entries', 'user_id');
const sumsOf = heldBy('ledger_sums', 'user_id');

export const creditsPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'credit_entries',
    exported: {
      title: 'Movements of credits',
      of: entriesOf,
      order: [['id', 'bigint']],
      columns: {
        id: 'id',
        user_id: withheld('the account itself'),
        generation_id: 'generation_id',
        call_id: 'answer_id',
        kind: 'kind',
        balance_change: 'balance_change',
        reserved_change: 'reserved_change',
        created_at: 'created_at',
        actor_id: withheld('the account of an administrator'),
        reason: 'reason',
        source: 'source',
      },
    },
    // What an administrator did to the balances of others stays in their ledgers.
    erased: [
      { how: 'function', name: 'erase_ledger', of: entriesOf },
      { how: 'function', name: 'forget_actor', of: heldBy('credit_entries', 'actor_id') },
    ],
  }),
  personalTable({
    table: 'ledger_sums',
    exported: { notExported: 'sums of the movements of credits, which are exported' },
    erased: [{ how: 'with_account', of: sumsOf }],
  }),
];
