import { Injectable } from '@nestjs/common';
import { CompiledQuery, sql } from 'kysely';
import { Database, type Transaction } from '../../../database/database.js';
import { keysWithoutRow } from './orphans.js';

/** No running generation uses it as reference. */
const unused = sql<boolean>`not exists (
  select from velro.generations g
  where g.reference_file_id = files.id and g.status in ('queued', 'submitting', 'processing'))`;

/** What may be deleted: unused files, and objects without a row. */
@Injectable()
export class RemovableFilesRepository {
  constructor(private readonly database: Database) {}

  /** Expired files, the oldest first. */
  async expired(limit: number): Promise<{ id: string; userId: string }[]> {
    const rows = await this.database.query
      .selectFrom('files')
      .select(['id', 'user_id'])
      .where('expires_at', '<', sql<Date>`now()`)
      .where(unused)
      .orderBy('expires_at')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ id: row.id, userId: row.user_id }));
  }

  /** Files of one account, whether or not they may be deleted. */
  async ofAccount(userId: string, limit: number): Promise<string[]> {
    const rows = await this.database.query
      .selectFrom('files')
      .select('id')
      .where('user_id', '=', userId)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(({ id }) => id);
  }

  /**
   * Locks the generations that produced or use these files of one account, until the transaction ends. Lock the account
   * first: the same order as where generations are ended or deleted.
   */
  async holdGenerations(tx: Transaction, userId: string, ids: readonly string[]): Promise<void> {
    await sql`
      select from velro.generations where id in (
        select generation_id from velro.files where id = any(${[...ids]}::uuid[]) and user_id = ${userId}
        union all
        select g.id from velro.generations g join velro.files f on f.id = g.reference_file_id
        where f.id = any(${[...ids]}::uuid[]) and f.user_id = ${userId})
      order by id for no key update`.execute(tx);
  }

  /** Deletes the unused ones of an account's files, and returns their ids and object keys. */
  async remove(
    tx: Transaction,
    userId: string,
    ids: readonly string[],
  ): Promise<{ id: string; objectKey: string }[]> {
    const rows = await tx
      .deleteFrom('files')
      .where('id', 'in', [...ids])
      .where('user_id', '=', userId)
      .where(unused)
      .returning(['id', 'object_key'])
      .execute();
    return rows.map((row) => ({ id: row.id, objectKey: row.object_key }));
  }

  /** The keys that belong to no row, and to no generation that may still write one. */
  async unspoken(keys: readonly string[]): Promise<string[]> {
    const { rows } = await this.database.query.executeQuery<{ key: string }>(
      CompiledQuery.raw(keysWithoutRow, [[...keys]]),
    );
    return rows.map(({ key }) => key);
  }
}
