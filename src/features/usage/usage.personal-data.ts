import { sql } from 'kysely';
import {
  heldBy,
  personalTable,
  withheld,
  type PersonalTable,
  type RowsOf,
} from '../../database/personal-data.js';

/** Sorts what has no key, or no agent. */
const nobody = '00000000-0000-0000-0000-000000000000';
const daysOf = heldBy('usage_days', 'user_id');
const risesOf = heldBy('usage_rises', 'user_id');

/** Of the person, their keys and the visitors of their site. */
const sumsOf: RowsOf = ({ userId }) => sql`velro.budget_sums.scope in (
  select 'person:' || ${userId}::text
  union all select 'key:' || k.id from velro.api_keys k where k.user_id = ${userId}::uuid
  union all select 'visitor:' || v.id from velro.visitors v join velro.api_keys k on k.id = v.key_id where k.user_id = ${userId}::uuid)`;

export const usagePersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'usage_days',
    exported: {
      title: 'Use by day',
      of: daysOf,
      order: [
        ['day', 'date'],
        ['model', 'text'],
        ['key_id', 'uuid', nobody],
        ['agent_id', 'uuid', nobody],
      ],
      columns: {
        day: 'day',
        user_id: withheld('the account itself'),
        key_id: 'key_id',
        visitor_id: withheld('none: it is use of the account'),
        agent_id: 'agent_id',
        model: 'model',
        calls: 'calls',
        estimated_calls: 'estimated_calls',
        prompt_tokens: 'prompt_tokens',
        cached_tokens: 'cached_tokens',
        output_tokens: 'output_tokens',
        thought_tokens: 'thought_tokens',
        cost_microusd: withheld('what the service pays for it'),
        credits: 'credits',
      },
    },
    // The sums of all people stay, as those of nobody.
    erased: [{ how: 'eraser', name: 'usage', of: daysOf }],
  }),
  personalTable({
    table: 'usage_rises',
    exported: {
      title: 'Days of unusual use',
      of: risesOf,
      order: [['day', 'date']],
      columns: { user_id: withheld('the account itself'), day: 'day' },
    },
    erased: [{ how: 'delete', of: risesOf }],
  }),
  personalTable({
    table: 'budget_sums',
    exported: { notExported: 'what the service pays for the person in a day and a month' },
    erased: [{ how: 'delete', of: sumsOf }],
  }),
];
