import { heldBy, personalTable, withheld, type PersonalTable } from '../../database/personal-data.js';

const working = withheld('how the service works on it');

export const privacyPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'account_deletions',
    exported: {
      title: 'Requested deletion of the account',
      of: heldBy('account_deletions', 'user_id'),
      order: [['user_id', 'uuid']],
      columns: {
        user_id: withheld('the account itself'),
        requested_at: 'requested_at',
        due_at: 'due_at',
        stage: 'stage',
        closed_at: 'closed_at',
        address_hashes: withheld('keyed hashes of the address, which is exported'),
        work_at: working,
        claim: working,
        failures: working,
      },
    },
    // The last statement of the deletion removes it.
    erased: [],
  }),
];
