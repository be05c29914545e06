import { heldBy, personalTable, withheld, type PersonalTable } from '../../database/personal-data.js';

const noticesOf = heldBy('notices', 'user_id');

export const noticesPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'notices',
    exported: {
      title: 'Mails about changes of the account',
      of: noticesOf,
      order: [
        ['kind', 'text'],
        ['created_at', 'timestamptz'],
        ['id', 'uuid'],
      ],
      columns: {
        id: 'id',
        user_id: withheld('the account itself'),
        kind: 'kind',
        recipient: 'recipient',
        client_ip: 'network_address',
        created_at: 'created_at',
      },
    },
    erased: [{ how: 'delete', of: noticesOf }],
  }),
];
