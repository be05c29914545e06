import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database, type Transaction } from '../../../database/database.js';

/** Which messages were handed to an agent. */
@Injectable()
export class GatewayMessagesRepository {
  constructor(private readonly database: Database) {}

  /** The conversation that a message was handed to; null where it was not yet. */
  async conversationOf(id: string): Promise<string | null> {
    const row = await this.database.query
      .selectFrom('gateway_messages')
      .select('conversation_id')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.conversation_id ?? null;
  }

  /** False where it was handed over before, or is being handed over: this waits for its end. */
  async add(tx: Transaction, id: string, userId: string, conversationId: string): Promise<boolean> {
    const { numInsertedOrUpdatedRows = 0n } = await tx
      .insertInto('gateway_messages')
      .values({ id, user_id: userId, conversation_id: conversationId })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows > 0n;
  }

  /** Deletes the oldest beyond `days`; returns how many. */
  async purge(days: number, atMost: number): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from velro.gateway_messages where id in (
        select id from velro.gateway_messages where received_at < now() - ${days}::integer * interval '1 day'
        order by received_at limit ${atMost})`.execute(this.database.query);
    return Number(numAffectedRows);
  }
}
