import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { idempotencyPolicy } from '../../../config/policy/generations/generations.js';
import { Database } from '../../database/database.js';
import type { Caller } from '../../guards/route/caller.js';

/** The stored request and answer of a key. */
export interface KnownKey {
  readonly requestHash: Buffer;
  /** Null while the first request is running, and after its effect was deleted. */
  readonly answer: unknown;
  readonly isDeleted: boolean;
}

/** Idempotency keys with claims, requests and answers; a claim is taken in one statement. */
@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  /** Claims the key: a new one, or one whose claim has expired. False when another request holds it. */
  async take(caller: Caller, key: string, requestHash: Buffer, claim: string): Promise<boolean> {
    const until = sql<Date>`now() + ${idempotencyPolicy.claimSeconds} * interval '1 second'`;
    const row = await this.database.query
      .insertInto('idempotency_keys')
      .values({ user_id: caller.userId, key, request_hash: requestHash, claim, claimed_until: until })
      .onConflict((conflict) =>
        conflict
          .columns(['user_id', 'key'])
          .doUpdateSet({ claim, claimed_until: until })
          .where('idempotency_keys.answer', 'is', null)
          .where('idempotency_keys.effect_deleted_at', 'is', null)
          .where('idempotency_keys.request_hash', '=', requestHash)
          .where('idempotency_keys.claimed_until', '<', sql<Date>`now()`),
      )
      .returning('key')
      .executeTakeFirst();
    return row !== undefined;
  }

  async find(caller: Caller, key: string): Promise<KnownKey | null> {
    const row = await this.database.query
      .selectFrom('idempotency_keys')
      .select(['request_hash', 'answer', 'effect_deleted_at'])
      .where('user_id', '=', caller.userId)
      .where('key', '=', key)
      .executeTakeFirst();
    if (row === undefined) return null;
    return {
      requestHash: row.request_hash,
      answer: row.answer,
      isDeleted: row.effect_deleted_at !== null,
    };
  }

  /** Releases a key whose request had no effect. */
  async release(caller: Caller, key: string, claim: string): Promise<void> {
    await this.database.query
      .deleteFrom('idempotency_keys')
      .where('user_id', '=', caller.userId)
      .where('key', '=', key)
      .where('claim', '=', claim)
      .where('answer', 'is', null)
      .execute();
  }

  /** Deletes a batch of old keys; returns how many. */
  async purge(): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('idempotency_keys')
      .where(({ eb, refTuple, selectFrom }) =>
        eb(
          refTuple('user_id', 'key'),
          'in',
          selectFrom('idempotency_keys')
            .select(['user_id', 'key'])
            .where(
              'created_at',
              '<',
              sql<Date>`now() - ${idempotencyPolicy.keptSeconds} * interval '1 second'`,
            )
            .limit(idempotencyPolicy.purgeBatch)
            .$asTuple('user_id', 'key'),
        ),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
