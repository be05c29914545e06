import { heldBy, personalTable, type PersonalTable } from '../../database/personal-data.js';

export const accessReviewPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'access_attestations',
    exported: { notExported: 'attestations are of the service; which ones you made is in the audit log' },
    // The reference loses the reviewer.
    erased: [{ how: 'with_account', of: heldBy('access_attestations', 'reviewer_id') }],
  }),
];
