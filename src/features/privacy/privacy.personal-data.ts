import { below, heldBy, personalTable, withheld, type PersonalTable } from '../../database/personal-data.js';

const exportsOf = heldBy('data_exports', 'user_id');
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
  personalTable({
    table: 'data_export_parts',
    exported: { notExported: 'the parts of exports' },
    erased: [
      {
        how: 'eraser',
        name: 'exports',
        of: below('data_export_parts', 'export_id', { table: 'data_exports', key: 'id', of: exportsOf }),
      },
    ],
  }),
  personalTable({
    table: 'data_exports',
    exported: {
      title: 'Exports of your data',
      of: exportsOf,
      order: [
        ['requested_at', 'timestamptz'],
        ['id', 'uuid'],
      ],
      columns: {
        id: 'id',
        user_id: withheld('the account itself'),
        requested_at: 'requested_at',
        state: 'state',
        next_table: working,
        next_after: working,
        contents: working,
        finished_at: 'finished_at',
        expires_at: 'expires_at',
        work_at: working,
        claim: working,
        failures: working,
      },
    },
    erased: [{ how: 'eraser', name: 'exports', of: exportsOf }],
  }),
];
