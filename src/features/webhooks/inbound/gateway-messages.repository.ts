import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database, type Transaction } from '../../../database/database.js';
import type { BeginningRun } from '../../assistants/chat/runs/chat.service.js';

/** A message that was handed to an agent. */
export interface HandedMessage {
  readonly conversationId: string;
  readonly runId: string;
  /** No model answered, and none is answering: limits, a budget, the kill switch or a kill were in the way. */
  readonly isUnanswered: boolean;
}

/** Which messages were handed to an agent. */
@Injectable()
export class GatewayMessagesRepository {
  constructor(private readonly database: Database) {}

  /** Null where it was not handed over yet. */
  async find(userId: string, id: string): Promise<HandedMessage | null> {
    const { rows } = await sql<{ conversation_id: string; run_id: string; is_over: boolean }>`
      select g.conversation_id, g.run_id,
        not exists (select from velro.chat_runs r where r.id = g.run_id and r.is_running)
        and not exists (
          select from velro.chat_messages m where m.user_id = g.user_id and m.conversation_id = g.conversation_id
          and m.id = g.answer_id and m.path = 'ai') as is_over
      from velro.gateway_messages g where g.user_id = ${userId}::uuid and g.id = ${id}`.execute(
      this.database.query,
    );
    const [row] = rows;
    return row === undefined
      ? null
      : { conversationId: row.conversation_id, runId: row.run_id, isUnanswered: row.is_over };
  }

  /**
   * `earlier`: the run in whose place this one comes; null for the first. False where another request was first, whose end this waits for.
   */
  async claim(
    tx: Transaction,
    {
      userId,
      id,
      earlier,
    }: { readonly userId: string; readonly id: string; readonly earlier: string | null },
    { runId, conversationId, answerId }: Pick<BeginningRun, 'runId' | 'conversationId' | 'answerId'>,
  ): Promise<boolean> {
    const { rows } = await sql`
      insert into velro.gateway_messages as g (user_id, id, conversation_id, run_id, answer_id)
      values (${userId}::uuid, ${id}, ${conversationId}, ${runId}::uuid, ${answerId})
      on conflict (user_id, id) do update set conversation_id = excluded.conversation_id, run_id = excluded.run_id,
        answer_id = excluded.answer_id, received_at = now() where g.run_id = ${earlier}::uuid
      returning 1`.execute(tx);
    return rows.length > 0;
  }

  /** Deletes the oldest beyond `days`; returns how many. */
  async purge(days: number, atMost: number): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from velro.gateway_messages where (user_id, id) in (
        select user_id, id from velro.gateway_messages where received_at < now() - ${days}::integer * interval '1 day'
        order by received_at limit ${atMost})`.execute(this.database.query);
    return Number(numAffectedRows);
  }
}
