import { sql } from 'kysely';
import { below, heldBy, personalTable, withheld, type PersonalTable } from '../../database/personal-data.js';

const account = withheld('the account itself');
const secret = withheld('a secret that signs what is sent');
const working = withheld('how the service works on it');

const endpointsOf = heldBy('webhook_endpoints', 'user_id');
const deliveriesOf = below('webhook_deliveries', 'endpoint_id', {
  table: 'webhook_endpoints',
  key: 'id',
  of: endpointsOf,
});
const sequencesOf = heldBy('webhook_sequences', 'user_id');
const messagesOf = heldBy('gateway_messages', 'user_id');

export const webhooksPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'webhook_deliveries',
    exported: {
      title: 'Deliveries of webhooks',
      of: deliveriesOf,
      order: [
        ['endpoint_id', 'uuid'],
        ['id', 'uuid'],
      ],
      columns: {
        id: 'id',
        endpoint_id: 'endpoint_id',
        event_type: 'event_type',
        body: 'body',
        state: 'state',
        attempts: 'attempts',
        next_attempt_at: 'next_attempt_at',
        attempted_at: 'attempted_at',
        response_status: 'response_status',
        response_start: 'response_start',
        error: 'error',
        duration_ms: 'duration_ms',
        created_at: 'created_at',
        settled_at: 'settled_at',
      },
    },
    erased: [
      { how: 'delete', of: deliveriesOf },
      {
        how: 'delete',
        // To endpoints of the service, which are told whose it was. As the index webhook_deliveries_about has it.
        of: ({ userId }) =>
          sql`velro.webhook_deliveries.body like '%"user_id"%'
            and substring(velro.webhook_deliveries.body from '"user_id" ?: ?"([0-9a-f-]{36})"') = ${userId}`,
      },
    ],
  }),
  personalTable({
    table: 'webhook_endpoints',
    exported: {
      title: 'Webhook endpoints',
      of: endpointsOf,
      order: [['id', 'uuid']],
      columns: {
        id: 'id',
        user_id: account,
        url: 'url',
        description: 'description',
        event_types: 'event_types',
        secret_sealed: secret,
        previous_secret_sealed: secret,
        previous_until: 'previous_secret_until',
        created_at: 'created_at',
        disabled_at: 'disabled_at',
        disabled_reason: 'disabled_reason',
        failing_since: 'failing_since',
        pauses: working,
        paused_until: working,
        work_at: working,
        lease: working,
        redeliver_all: working,
        redeliver_from: working,
        redeliver_to: working,
        redeliver_since: working,
        redelivered_at: working,
        removed_at: 'removed_at',
        unreadable_since: working,
        unreadable_told: working,
      },
    },
    erased: [{ how: 'delete', of: endpointsOf }],
  }),
  personalTable({
    table: 'webhook_sequences',
    exported: { notExported: 'numbers that order the deliveries, which are exported' },
    erased: [{ how: 'delete', of: sequencesOf }],
  }),
  personalTable({
    table: 'gateway_messages',
    exported: {
      title: 'Messages from other systems to assistants',
      of: messagesOf,
      order: [['id', 'text']],
      columns: {
        user_id: account,
        id: 'id',
        conversation_id: 'conversation_id',
        run_id: working,
        answer_id: 'answer_id',
        received_at: 'received_at',
      },
    },
    erased: [{ how: 'delete', of: messagesOf }],
  }),
];
