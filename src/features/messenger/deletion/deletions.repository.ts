import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';
import type { StoredPerson } from '../inbound/inbox.repository.js';

export interface Deletion {
  readonly state: 'received' | 'done' | 'failed';
  /** Null until it is settled. */
  readonly forgotten: number | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

export interface OpenDeletion {
  readonly code: string;
  readonly appUserSealed: Buffer;
  readonly attempts: number;
}

/** Requests for deletion that Meta passed on. */
@Injectable()
export class DeletionsRepository {
  constructor(private readonly database: Database) {}

  /** Nothing for one that is known. */
  async add(code: string, appUserSealed: Buffer): Promise<void> {
    await this.database.query
      .insertInto('messenger_deletions')
      .values({ code, app_user_sealed: appUserSealed })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async find(code: string): Promise<Deletion | null> {
    const row = await this.database.query
      .selectFrom('messenger_deletions')
      .select(['state', 'forgotten', 'created_at', 'settled_at'])
      .where('code', '=', code)
      .executeTakeFirst();
    return row === undefined
      ? null
      : {
          state: row.state,
          forgotten: row.forgotten,
          createdAt: row.created_at,
          settledAt: row.settled_at,
        };
  }

  /** The one that has waited longest, for `leaseMs`; null where none waits. */
  async claim(leaseMs: number): Promise<OpenDeletion | null> {
    const { rows } = await sql<{ code: string; app_user_sealed: Buffer; attempts: number }>`
      update velro.messenger_deletions set attempts = attempts + 1, work_at = now() + ${leaseMs}::bigint * interval '1 millisecond'
      where code = (
        select code from velro.messenger_deletions where work_at <= now() order by work_at limit 1 for update skip locked)
      returning code, app_user_sealed, attempts`.execute(this.database.query);
    const [row] = rows;
    return row === undefined
      ? null
      : { code: row.code, appUserSealed: row.app_user_sealed, attempts: row.attempts };
  }

  /** Forgets the people of these hashes, of whom a block keeps the hash alone, and settles the request, once. */
  async carryOut(
    code: string,
    people: readonly Pick<StoredPerson, 'pageId' | 'psidHash' | 'earlierHash'>[],
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      let forgotten = 0;
      // In the order in which messages lock them.
      const inOrder = people.toSorted(
        (one, other) =>
          one.pageId.localeCompare(other.pageId) || Buffer.compare(one.psidHash, other.psidHash),
      );
      for (const { pageId, psidHash, earlierHash } of inOrder) {
        const { rows } = await sql<{ done: boolean }>`
          select velro.forget_messenger_person(id) as done from velro.messenger_people
          where page_id = ${pageId} and psid_hash in (${psidHash}, ${earlierHash ?? psidHash})`.execute(tx);
        forgotten += rows.filter(({ done }) => done).length;
      }
      await this.settle(code, 'done', forgotten, tx);
    });
  }

  /** Nobody could be asked for whom it is. */
  giveUp(code: string): Promise<void> {
    return this.settle(code, 'failed', null, this.database.query);
  }

  async retry(code: string, afterMs: number): Promise<void> {
    await sql`
      update velro.messenger_deletions set work_at = now() + ${afterMs}::bigint * interval '1 millisecond'
      where code = ${code}::uuid and state = 'received'`.execute(this.database.query);
  }

  /** Deletes the oldest settled requests beyond `days`; returns how many. */
  async purge(days: number, atMost: number): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from velro.messenger_deletions where code in (
        select code from velro.messenger_deletions
        where work_at is null and settled_at < now() - ${days}::integer * interval '1 day' limit ${atMost})`.execute(
      this.database.query,
    );
    return Number(numAffectedRows);
  }

  private async settle(
    code: string,
    state: 'done' | 'failed',
    forgotten: number | null,
    executor: Database['query'],
  ): Promise<void> {
    await sql`
      update velro.messenger_deletions set state = ${state}, forgotten = ${forgotten}, app_user_sealed = null, work_at = null,
        settled_at = now()
      where code = ${code}::uuid and state = 'received'`.execute(executor);
  }
}
