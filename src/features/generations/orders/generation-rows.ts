import { sql, type InferResult } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { generationPolicy } from '../../../../config/policy/generations/generations.js';
import type { Executor } from '../../../database/database.js';
import type { Generation, Parameters } from '../generation.js';

/** Query of generations with their media, to be filtered by the caller. */
export function selectGenerations(executor: Executor) {
  return executor.selectFrom('generations').select((columns) => [
    'generations.id',
    'generations.user_id',
    'generations.status',
    'generations.kind',
    'generations.model_id',
    'generations.prompt',
    'generations.negative_prompt',
    'generations.parameters',
    // A project that is being deleted is none any more.
    sql<string | null>`(select p.id from velro.projects p
      where p.id = generations.project_id and p.deleted_at is null)`.as('project_id'),
    'generations.reference_file_id',
    'has_reference',
    'generations.favorite',
    'generations.progress',
    'generations.error_code',
    'generations.credits_cost',
    'generations.version',
    'generations.created_at',
    'generations.finished_at',
    // While the provider has not reported a position: the number of queued generations accepted before it.
    sql<number | null>`case when generations.status = 'queued' then (
        select count(*)::int from (
          select 1 from velro.generations w where w.status = 'queued' and w.id < generations.id
          limit ${sql.lit(generationPolicy.waitingCountedAtMost)}
        ) waiting) else generations.queue_position end`.as('queue_position'),
    jsonArrayFrom(
      columns
        .selectFrom('files')
        .select(['object_key', 'content_type', 'width', 'height', 'bytes'])
        .whereRef('generation_id', '=', 'generations.id')
        .where('files.kind', '=', 'result')
        .orderBy('position'),
    ).as('media'),
  ]);
}

export type GenerationRow = InferResult<ReturnType<typeof selectGenerations>>[number];

export function toGeneration(row: GenerationRow): Generation {
  return {
    id: row.id,
    userId: row.user_id,
    status: row.status,
    kind: row.kind,
    modelId: row.model_id,
    prompt: row.prompt,
    negativePrompt: row.negative_prompt,
    parameters: row.parameters as Parameters,
    projectId: row.project_id,
    referenceFileId: row.reference_file_id,
    hasReference: row.has_reference,
    favorite: row.favorite,
    progress: row.progress,
    queuePosition: row.queue_position,
    errorCode: row.error_code,
    creditsCost: row.credits_cost,
    version: row.version,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    media: row.media.map((media) => ({
      objectKey: media.object_key,
      contentType: media.content_type,
      width: media.width,
      height: media.height,
      bytes: Number(media.bytes),
    })),
  };
}
