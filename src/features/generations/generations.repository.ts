import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Caller } from '../../guards/caller.js';
import { Database, type Executor, type Transaction } from '../../ports/database.js';
import type { Generation, GenerationStatus, Media } from './generation.js';

export type NewGeneration = Pick<
  Generation,
  'id' | 'modelId' | 'prompt' | 'negativePrompt' | 'parameters' | 'creditsCost'
>;

/** Ownership is part of every query that a person causes; only the worker asks by id alone. */
@Injectable()
export class GenerationsRepository {
  constructor(private readonly database: Database) {}

  async add(tx: Transaction, caller: Caller, generation: NewGeneration): Promise<Generation> {
    const { created_at } = await tx
      .insertInto('generations')
      .values({
        id: generation.id,
        user_id: caller.userId,
        model_id: generation.modelId,
        prompt: generation.prompt,
        negative_prompt: generation.negativePrompt,
        parameters: JSON.stringify(generation.parameters),
        credits_cost: generation.creditsCost,
      })
      .returning('created_at')
      .executeTakeFirstOrThrow();
    return {
      ...generation,
      userId: caller.userId,
      status: 'queued',
      progress: 0,
      errorCode: null,
      createdAt: created_at,
      finishedAt: null,
      media: [],
    };
  }

  async find(caller: Caller, id: string): Promise<Generation | null> {
    const row = await select(this.database.query)
      .where('generations.id', '=', id)
      .where('user_id', '=', caller.userId)
      .executeTakeFirst();
    return row === undefined ? null : toGeneration(row);
  }

  /** Newest first, before `cursor`. */
  async list(caller: Caller, limit: number, cursor: string | null): Promise<Generation[]> {
    const rows = await select(this.database.query)
      .where('user_id', '=', caller.userId)
      .$if(cursor !== null, (query) => query.where('generations.id', '<', cursor ?? ''))
      .orderBy('generations.id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toGeneration);
  }

  /** Removes a finished generation and returns the keys of its objects; null when there is none to remove. */
  async remove(tx: Transaction, caller: Caller, id: string): Promise<string[] | null> {
    const row = await tx
      .selectFrom('generations')
      .select('status')
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined || !['completed', 'failed', 'cancelled'].includes(row.status)) return null;
    const media = await tx
      .selectFrom('generation_media')
      .select('object_key')
      .where('generation_id', '=', id)
      .execute();
    await tx.deleteFrom('generations').where('id', '=', id).execute();
    return media.map(({ object_key }) => object_key);
  }

  /** For the worker: takes a generation that is not finished; null when there is nothing left to do. */
  async claim(id: string): Promise<Generation | null> {
    const row = await this.database.query
      .updateTable('generations')
      .set({ status: 'processing', started_at: sql<Date>`coalesce(started_at, now())` })
      .where('id', '=', id)
      .where('status', 'in', ['queued', 'processing'])
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? null : toGeneration({ ...row, media: [] });
  }

  async advance(id: string, progress: number): Promise<void> {
    await this.database.query
      .updateTable('generations')
      .set({ progress })
      .where('id', '=', id)
      .where('status', '=', 'processing')
      .where('progress', '<', progress)
      .execute();
  }

  /** Moves to a final state. Returns whose it was and what it cost, or null when it was final already. */
  async finish(
    tx: Transaction,
    id: string,
    status: 'completed' | 'failed',
    errorCode: string | null,
  ): Promise<{ userId: string; creditsCost: number } | null> {
    const row = await tx
      .updateTable('generations')
      .set({
        status,
        error_code: errorCode,
        finished_at: sql<Date>`now()`,
        ...(status === 'completed' ? { progress: 100 } : {}),
      })
      .where('id', '=', id)
      .where('status', 'in', ['queued', 'submitting', 'processing'])
      .returning(['user_id', 'credits_cost'])
      .executeTakeFirst();
    return row === undefined ? null : { userId: row.user_id, creditsCost: row.credits_cost };
  }

  async addMedia(tx: Transaction, generationId: string, media: Media & { sha256: Buffer }): Promise<void> {
    await tx
      .insertInto('generation_media')
      .values({
        generation_id: generationId,
        position: 0,
        object_key: media.objectKey,
        content_type: media.contentType,
        width: media.width,
        height: media.height,
        bytes: media.bytes,
        sha256: media.sha256,
      })
      .execute();
  }
}

function select(executor: Executor) {
  return executor
    .selectFrom('generations')
    .select((columns) => [
      'generations.id',
      'user_id',
      'status',
      'model_id',
      'prompt',
      'negative_prompt',
      'parameters',
      'progress',
      'error_code',
      'credits_cost',
      'generations.created_at',
      'finished_at',
      jsonArrayFrom(
        columns
          .selectFrom('generation_media')
          .select(['object_key', 'content_type', 'width', 'height', 'bytes'])
          .whereRef('generation_id', '=', 'generations.id')
          .orderBy('position'),
      ).as('media'),
    ]);
}

interface Row {
  readonly id: string;
  readonly user_id: string;
  readonly status: string;
  readonly model_id: string;
  readonly prompt: string;
  readonly negative_prompt: string | null;
  readonly parameters: unknown;
  readonly progress: number;
  readonly error_code: string | null;
  readonly credits_cost: number;
  readonly created_at: Date;
  readonly finished_at: Date | null;
  readonly media: readonly {
    object_key: string;
    content_type: string;
    width: number | null;
    height: number | null;
    bytes: number | string;
  }[];
}

function toGeneration(row: Row): Generation {
  return {
    id: row.id,
    userId: row.user_id,
    status: row.status as GenerationStatus,
    modelId: row.model_id,
    prompt: row.prompt,
    negativePrompt: row.negative_prompt,
    parameters: row.parameters as Record<string, unknown>,
    progress: row.progress,
    errorCode: row.error_code,
    creditsCost: row.credits_cost,
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
