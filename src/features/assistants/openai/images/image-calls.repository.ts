import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import { Database } from '../../../../database/database.js';
import type { Caller } from '../../../../guards/route/caller.js';

const repeatable = sql<Date>`now() - ${openAiPolicy.imageRepeatMs} * interval '1 millisecond'`;

/** Calls for pictures, by the hashes of their bodies. */
@Injectable()
export class ImageCallsRepository {
  constructor(private readonly database: Database) {}

  /** From now on a repetition of this call joins it. `repetition`: 0, or which one it is itself where it found nothing to join. */
  async begin(caller: Caller, hash: Buffer, key: string, repetition: number): Promise<void> {
    await this.database.query
      .insertInto('openai_image_calls')
      .values({ user_id: caller.userId, call_hash: hash, idempotency_key: key, repetition })
      .execute();
  }

  /**
   * The key of the call that a repetition joins; null when there is none, or none any more. Of equal calls it takes one that no
   * repetition of this number has joined; where all have been, as when one arrives twice, the latest.
   */
  async join(caller: Caller, hash: Buffer, repetition: number): Promise<string | null> {
    const { rows } = await sql<{ key: string }>`
      update velro.openai_image_calls set repetition = ${repetition}, seen_at = now()
      where user_id = ${caller.userId} and call_hash = ${hash} and idempotency_key = (
        select idempotency_key from velro.openai_image_calls
        where user_id = ${caller.userId} and call_hash = ${hash} and repetition < ${repetition} and seen_at > ${repeatable}
        order by repetition desc, seen_at limit 1 for update skip locked
      ) returning idempotency_key as key`.execute(this.database.query);
    const [joined] = rows;
    if (joined !== undefined) return joined.key;
    const row = await this.database.query
      .selectFrom('openai_image_calls')
      .select('idempotency_key')
      .where('user_id', '=', caller.userId)
      .where('call_hash', '=', hash)
      .where('seen_at', '>', repeatable)
      .orderBy('seen_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.idempotency_key ?? null;
  }

  /** Deletes a batch of calls that nobody joins any more; returns how many. */
  async purge(): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('openai_image_calls')
      .where(({ eb, refTuple, selectFrom }) =>
        eb(
          refTuple('user_id', 'call_hash', 'idempotency_key'),
          'in',
          selectFrom('openai_image_calls')
            .select(['user_id', 'call_hash', 'idempotency_key'])
            .where('seen_at', '<', repeatable)
            .limit(openAiPolicy.purgeBatch)
            .$asTuple('user_id', 'call_hash', 'idempotency_key'),
        ),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
