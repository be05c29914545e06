import { sql } from 'kysely';
import { heldBy, personalTable, withheld, type PersonalTable } from '../../database/personal-data.js';

const generationsOf = heldBy('generations', 'user_id');
const working = withheld('how the service works on it');

export const generationsPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'generations',
    exported: {
      title: 'Generations',
      of: generationsOf,
      order: [['id', 'uuid']],
      columns: {
        id: 'id',
        user_id: withheld('the account itself'),
        status: 'status',
        model_id: 'model_id',
        kind: 'kind',
        prompt: 'prompt',
        negative_prompt: 'negative_prompt',
        parameters: 'parameters',
        project_id: 'project_id',
        favorite: 'favorite',
        reference_file_id: 'reference_file_id',
        has_reference: 'has_reference',
        key_id: 'key_id',
        credits_cost: 'credits_cost',
        created_at: 'created_at',
        submitted_at: 'submitted_at',
        finished_at: 'finished_at',
        cancel_requested_at: 'cancel_requested_at',
        error_code: 'error_code',
        progress: 'progress',
        provider_reference: 'provider_reference',
        queue_position: working,
        reference_answered: working,
        attempts: working,
        failures: working,
        due_at: working,
        deadline_at: working,
        version: working,
        cost_microusd: withheld('what the service pays for it'),
        sum_scopes: working,
        sum_periods: working,
        trace_parent: working,
      },
      besides: {
        media: sql`(select coalesce(json_agg('media/' || f.id || substring(f.object_key from '\\.[a-z0-9]{1,8}$') order by f.position), '[]')
          from velro.files f where f.generation_id = velro.generations.id and f.kind = 'result')`,
      },
    },
    // By then none is running, and its files are gone.
    erased: [{ how: 'delete', of: generationsOf }],
  }),
  personalTable({
    table: 'generation_sums',
    exported: { notExported: 'counts of the generations, which are exported' },
    erased: [{ how: 'with_account', of: heldBy('generation_sums', 'user_id') }],
  }),
];
