import { sql } from 'kysely';
import {
  heldBy,
  named,
  personalTable,
  withheld,
  type PersonalSubject,
  type PersonalTable,
} from '../../database/personal-data.js';

const eventsOf = heldBy('security_events', 'user_id');
const others = withheld('the account of somebody else');

/** As events show the hash of an address. */
const shownHashes = ({ accounts }: PersonalSubject): string[] =>
  accounts.map((account) => account.toString('hex', 0, 16));

export const securityPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'security_events',
    exported: {
      title: 'Security events of your account',
      of: eventsOf,
      order: [['id', 'uuid']],
      columns: {
        id: 'id',
        at: 'at',
        event: 'event',
        level: 'level',
        text: 'text',
        source_ip: 'network_address',
        user_id: withheld('the account itself'),
        account: withheld('a keyed hash of the address, which is exported'),
        request_id: 'request_id',
        trace_id: 'trace_id',
        method: 'method',
        route: 'route',
        instance: withheld('names a process of the service'),
        suppressed: 'suppressed',
        response: 'response',
        attack: 'attack',
        details: withheld('may name accounts of others'),
        position: withheld('orders the export to the security team'),
      },
    },
    // What happened stays as long as all events do; whom it concerned goes.
    erased: [
      { how: 'function', name: 'forget_in_events', of: eventsOf },
      { how: 'function', name: 'forget_in_events', of: named('security_events', 'account', shownHashes) },
      {
        how: 'function',
        name: 'forget_in_event_details',
        of: ({ userId }) => sql`velro.person_in_details(velro.security_events.details)
          = any(array[${userId}::text, 'person:' || ${userId}::text])`,
      },
    ],
  }),
  personalTable({
    table: 'security_alerts',
    exported: { notExported: 'copies of security events, for the security team' },
    erased: [
      {
        how: 'function',
        name: 'forget_in_alerts',
        of: ({ userId }) => sql`velro.security_alerts.payload #>> '{data,user_id}' = ${userId}::text`,
      },
    ],
  }),
  personalTable({
    table: 'blocks',
    exported: {
      title: 'Blocks of your account at a network address',
      of: heldBy('blocks', 'user_id'),
      order: [['id', 'uuid']],
      columns: {
        id: 'id',
        address: 'network_address',
        user_id: withheld('the account itself'),
        attack: 'reason',
        signals: withheld('how attacks are recognised'),
        score: withheld('how attacks are recognised'),
        made_by: others,
        created_at: 'created_at',
        expires_at: 'expires_at',
        lifted_at: 'lifted_at',
        lifted_by: others,
        written_by: withheld('names a process of the service'),
      },
    },
    erased: [
      { how: 'delete', of: heldBy('blocks', 'user_id') },
      { how: 'set', cleared: ['lifted_by'], of: heldBy('blocks', 'lifted_by') },
      { how: 'function', name: 'forget_actor', of: heldBy('blocks', 'made_by') },
    ],
  }),
  personalTable({
    table: 'threat_scores',
    exported: { notExported: 'how attacks are recognised' },
    erased: [
      { how: 'delete', of: ({ userId }) => sql`right(velro.threat_scores.subject, 36) = ${userId}::text` },
    ],
  }),
];
