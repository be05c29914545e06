import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import { Database } from '../../../../database/database.js';
import type { Caller } from '../../../../guards/route/caller.js';

const repeatable = sql<Date>`now() - ${openAiPolicy.imageRepeatMs} * interval '1 millisecond'`;

/** The latest calls for pictures, by the hashes of their bodies. */
@Injectable()
export class ImageCallsRepository {
  constructor(private readonly database: Database) {}

  /** From now on a repetition of this call joins it. */
  async begin(caller: Caller, hash: Buffer, key: string): Promise<void> {
    const values = { user_id: caller.userId, call_hash: hash, idempotency_key: key };
    await this.database.query
      .insertInto('openai_image_calls')
      .values(values)
      .onConflict((conflict) =>
        conflict
          .columns(['user_id', 'call_hash'])
          .doUpdateSet({ idempotency_key: key, created_at: sql<Date>`now()` }),
      )
      .execute();
  }

  /** The key of the call that a repetition joins; null when there is none, or none any more. */
  async find(caller: Caller, hash: Buffer): Promise<string | null> {
    const row = await this.database.query
      .selectFrom('openai_image_calls')
      .select('idempotency_key')
      .where('user_id', '=', caller.userId)
      .where('call_hash', '=', hash)
      .where('created_at', '>', repeatable)
      .executeTakeFirst();
    return row?.idempotency_key ?? null;
  }

  /** Deletes a batch of calls that nobody joins any more; returns how many. */
  async purge(): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('openai_image_calls')
      .where(({ eb, refTuple, selectFrom }) =>
        eb(
          refTuple('user_id', 'call_hash'),
          'in',
          selectFrom('openai_image_calls')
            .select(['user_id', 'call_hash'])
            .where('created_at', '<', repeatable)
            .limit(openAiPolicy.purgeBatch)
            .$asTuple('user_id', 'call_hash'),
        ),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
