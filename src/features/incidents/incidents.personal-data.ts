import { heldBy, personalTable, withheld, type PersonalTable } from '../../database/personal-data.js';

const affectedOf = heldBy('incident_affected', 'user_id');

export const incidentsPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'incident_affected',
    exported: {
      title: 'Incidents that touched the account',
      of: affectedOf,
      order: [['incident_id', 'uuid']],
      columns: {
        incident_id: 'incident',
        user_id: withheld('the account itself'),
        found_at: 'found_at',
        notified_at: 'mail_queued_at',
        sent_at: 'mail_sent_at',
        notice_id: withheld('an internal id of the mail'),
      },
    },
    erased: [{ how: 'delete', of: affectedOf }],
  }),
];
