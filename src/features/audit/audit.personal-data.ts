import { heldBy, personalTable, type PersonalTable } from '../../database/personal-data.js';

/** The entries themselves have keyed hashes of accounts alone, and what is sealed: with the key of an account goes what was said of it. */
export const auditPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'audit_subjects',
    exported: { notExported: 'leads from the account to its keyed hash in the audit log' },
    erased: [{ how: 'with_account', of: heldBy('audit_subjects', 'user_id') }],
  }),
  personalTable({
    table: 'audit_subject_keys',
    exported: { notExported: 'the sealed key of what the audit log says of the account' },
    erased: [{ how: 'with_account', of: heldBy('audit_subject_keys', 'user_id') }],
  }),
];
