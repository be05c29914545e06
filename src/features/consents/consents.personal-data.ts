import { heldBy, personalTable, withheld, type PersonalTable } from '../../database/personal-data.js';

export const consentsPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'privacy_choices',
    exported: {
      title: 'What you agreed to, refused or objected to',
      of: heldBy('privacy_choices', 'user_id'),
      order: [
        ['purpose', 'text'],
        ['number', 'bigint'],
      ],
      columns: {
        user_id: withheld('the account itself'),
        purpose: 'purpose',
        number: withheld('the order of the rows'),
        chosen: 'chosen',
        version: 'version',
        text_sha256: 'text_sha256',
        source: 'source',
        decided_at: 'decided_at',
      },
    },
    erased: [{ how: 'with_account', of: heldBy('privacy_choices', 'user_id') }],
  }),
];
