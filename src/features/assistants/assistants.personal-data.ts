import { sql } from 'kysely';
import {
  below,
  heldBy,
  personalTable,
  withheld,
  type PersonalTable,
  type RowsOf,
} from '../../database/personal-data.js';

const account = withheld('the account itself');
const working = withheld('how the service works on it');
const keysOf = heldBy('api_keys', 'user_id');
const visitorsOf = below('visitors', 'key_id', { table: 'api_keys', key: 'id', of: keysOf });
const ownVisitors = { table: 'visitors', key: 'id', of: visitorsOf } as const;

/** Of visitors of the person's site: people of their own, whose conversations are not shown to whoever has the account. */
const conversationsOfVisitors = below('conversations', 'visitor_id', ownVisitors);
const messagesOfVisitors = below('chat_messages', 'user_id', ownVisitors);
const runsOfVisitors = below('chat_runs', 'user_id', ownVisitors);

const conversationsOf = heldBy('conversations', 'user_id');
const messagesOf = heldBy('chat_messages', 'user_id');
const runsOf = heldBy('chat_runs', 'user_id');
const callsOf = heldBy('ai_calls', 'user_id');
const imageCallsOf = heldBy('openai_image_calls', 'user_id');

const partsBelow = (of: RowsOf): RowsOf =>
  below('chat_parts', 'run_id', { table: 'chat_runs', key: 'id', of });

export const assistantsPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'chat_parts',
    exported: { notExported: 'parts of answers while they are given; the answers are exported' },
    erased: [
      { how: 'delete', of: partsBelow(runsOf) },
      { how: 'delete', of: partsBelow(runsOfVisitors) },
    ],
  }),
  personalTable({
    table: 'chat_runs',
    exported: { notExported: 'answers while they are given; the answers are exported' },
    erased: [
      { how: 'delete', of: runsOf },
      { how: 'delete', of: runsOfVisitors },
    ],
  }),
  personalTable({
    table: 'chat_messages',
    exported: {
      title: 'Messages of conversations',
      of: messagesOf,
      order: [
        ['conversation_id', 'text'],
        ['number', 'integer'],
      ],
      columns: {
        user_id: account,
        conversation_id: 'conversation_id',
        number: 'number',
        id: 'id',
        role: 'role',
        text: 'text',
        words: withheld('the words of the text, for searches'),
        path: 'path',
        reason: 'reason',
        model: 'model',
        ended: 'ended',
        feedback: 'feedback',
        created_at: 'created_at',
        attachments: 'attachments',
        sources: 'sources',
      },
    },
    erased: [
      { how: 'delete', of: messagesOf },
      { how: 'delete', of: messagesOfVisitors },
    ],
  }),
  personalTable({
    table: 'conversations',
    exported: {
      title: 'Conversations',
      of: conversationsOf,
      order: [['id', 'text']],
      columns: {
        user_id: account,
        id: 'id',
        title: 'title',
        summary: 'summary_of_earlier_messages',
        summarised_to: 'summarised_to',
        last_number: 'messages',
        created_at: 'created_at',
        updated_at: 'updated_at',
        agent_id: 'agent_id',
        person_id: account,
        visitor_id: withheld('none: it is a conversation of the account'),
      },
    },
    // Behind their messages.
    erased: [
      { how: 'delete', of: conversationsOf },
      { how: 'delete', of: conversationsOfVisitors },
    ],
  }),
  personalTable({
    table: 'visitors',
    exported: { notExported: 'visitors of your site, who are other people' },
    // Behind their conversations, and before the keys that made them.
    erased: [{ how: 'delete', of: visitorsOf }],
  }),
  personalTable({
    table: 'ai_calls',
    exported: {
      title: 'Calls of language models',
      of: callsOf,
      order: [['id', 'uuid']],
      columns: {
        id: 'id',
        purpose: 'purpose',
        user_id: account,
        key_id: 'key_id',
        visitor_id: withheld('none: it is a call of the account'),
        agent_id: 'agent_id',
        provider: 'provider',
        model: 'model',
        sum_scopes: working,
        sum_periods: working,
        reserved_microusd: working,
        expires_at: working,
        created_at: 'created_at',
        settled_at: 'settled_at',
        cost_microusd: withheld('what the service pays for it'),
        prompt_tokens: 'prompt_tokens',
        cached_tokens: 'cached_tokens',
        output_tokens: 'output_tokens',
        thought_tokens: 'thought_tokens',
        is_estimated: 'is_estimated',
        outcome: 'outcome',
        first_text_ms: 'first_text_ms',
        total_ms: 'total_ms',
        credits_cost: 'credits_cost',
        credits_charged: 'credits_charged',
      },
    },
    // One that is not settled holds sums of others.
    erased: [{ how: 'delete', of: callsOf, when: sql<boolean>`velro.ai_calls.settled_at is not null` }],
  }),
  personalTable({
    table: 'openai_image_calls',
    exported: { notExported: 'hashes of requests, by which a repeated one is recognised' },
    erased: [{ how: 'delete', of: imageCallsOf }],
  }),
  personalTable({
    table: 'agent_versions',
    exported: { notExported: 'agents are of the service; which ones you wrote is in the audit log' },
    erased: [{ how: 'set', cleared: ['author_id'], of: heldBy('agent_versions', 'author_id') }],
  }),
];
