import { heldBy, personalTable, type PersonalTable } from '../../database/personal-data.js';

export const idempotencyPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'idempotency_keys',
    exported: { notExported: 'answers of the last day, about rows that are exported' },
    erased: [{ how: 'delete', of: heldBy('idempotency_keys', 'user_id') }],
  }),
];
