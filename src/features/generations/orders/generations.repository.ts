import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Caller } from '../../../guards/route/caller.js';
import { Database, type Transaction } from '../../../database/database.js';
import type { Generation, GenerationStatus } from '../generation.js';
import { selectGenerations, toGeneration } from './generation-rows.js';

export interface GenerationFilter {
  readonly statuses: readonly GenerationStatus[] | null;
  readonly modelId: string | null;
  readonly projectId: string | null;
  readonly favorite: boolean | null;
}

/** Number of an account's generations by state and model. */
export interface GenerationCount {
  readonly status: GenerationStatus;
  readonly modelId: string;
  readonly count: number;
  /** Credits of the completed ones. */
  readonly creditsSpent: number;
}

/** Ownership is part of every query on behalf of a caller. */
@Injectable()
export class GenerationsRepository {
  constructor(private readonly database: Database) {}

  async find(caller: Caller, id: string): Promise<Generation | null> {
    const row = await selectGenerations(this.database.query)
      .where('generations.id', '=', id)
      .where('user_id', '=', caller.userId)
      .executeTakeFirst();
    return row === undefined ? null : toGeneration(row);
  }

  /** Newest first, before `cursor`. The page is found by an index-only scan; rows are read only for its items. */
  async list(
    caller: Caller,
    filter: GenerationFilter,
    limit: number,
    cursor: string | null,
  ): Promise<Generation[]> {
    const page = this.database.query
      .selectFrom('generations')
      .select('id')
      .where('user_id', '=', caller.userId)
      .$if(filter.statuses !== null, (query) => query.where('status', 'in', filter.statuses ?? []))
      .$if(filter.modelId !== null, (query) => query.where('model_id', '=', filter.modelId ?? ''))
      .$if(filter.projectId !== null, (query) => query.where('project_id', '=', filter.projectId ?? ''))
      .$if(filter.favorite !== null, (query) =>
        filter.favorite === true
          ? query.where(sql<boolean>`favorite`)
          : query.where(sql<boolean>`not favorite`),
      )
      .$if(cursor !== null, (query) => query.where('id', '<', cursor ?? ''))
      .orderBy('id', 'desc')
      .limit(limit);
    const rows = await selectGenerations(this.database.query)
      .where('generations.id', 'in', page)
      .orderBy('generations.id', 'desc')
      .execute();
    return rows.map(toGeneration);
  }

  /** Sums of the ended ones, and a count of those under way. */
  async stats(caller: Caller): Promise<GenerationCount[]> {
    const { rows } = await sql<{
      status: GenerationStatus;
      model_id: string;
      count: string;
      credits: string;
    }>`
      select status, model_id, count, credits from velro.generation_sums
      where user_id = ${caller.userId} and count > 0
      union all
      select status, model_id, count(*), 0 from velro.generations
      where user_id = ${caller.userId} and status in ('queued', 'submitting', 'processing')
      group by status, model_id`.execute(this.database.query);
    return rows.map((row) => ({
      status: row.status,
      modelId: row.model_id,
      count: Number(row.count),
      creditsSpent: Number(row.credits),
    }));
  }

  /** False when the caller has no such generation. */
  async setFavorite(caller: Caller, id: string, favorite: boolean): Promise<boolean> {
    const { numUpdatedRows } = await this.database.query
      .updateTable('generations')
      .set({ favorite })
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Removes a finished generation and returns the keys of its objects; null when there is none to remove. */
  async remove(tx: Transaction, caller: Caller, id: string): Promise<string[] | null> {
    const row = await tx
      .selectFrom('generations')
      .select(['status', 'reference_file_id'])
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined || !['completed', 'failed', 'cancelled'].includes(row.status)) return null;
    const results = await tx
      .deleteFrom('files')
      .where('generation_id', '=', id)
      .returning('object_key')
      .execute();
    await tx.deleteFrom('generations').where('id', '=', id).execute();
    // The answer stored under its idempotency key repeats the order. The key still holds.
    await tx
      .updateTable('idempotency_keys')
      .set({ answer: null, effect_deleted_at: sql<Date>`now()` })
      .where('user_id', '=', caller.userId)
      .where(sql<boolean>`answer ->> 'id' = ${id}`)
      .execute();
    const references = await this.removeReference(tx, row.reference_file_id);
    return [...results, ...references].map(({ object_key }) => object_key);
  }

  /** Removes a reference image with the last generation made from it. */
  private removeReference(tx: Transaction, id: string | null): Promise<{ object_key: string }[]> {
    if (id === null) return Promise.resolve([]);
    return tx
      .deleteFrom('files')
      .where('id', '=', id)
      .where('kind', '=', 'reference')
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('generations').select('id').where('reference_file_id', '=', id))),
      )
      .returning('object_key')
      .execute();
  }
}
