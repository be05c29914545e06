import { heldBy, personalTable, type PersonalTable } from '../../database/personal-data.js';

export const controlsPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'control_attestations',
    exported: { notExported: 'attestations are of the service; which ones you made is in the audit log' },
    // The reference loses the reviewer.
    erased: [{ how: 'with_account', of: heldBy('control_attestations', 'reviewer_id') }],
  }),
  personalTable({
    table: 'control_audits',
    exported: { notExported: 'audits are of the service; which ones you made is in the audit log' },
    erased: [{ how: 'with_account', of: heldBy('control_audits', 'reviewer_id') }],
  }),
];
