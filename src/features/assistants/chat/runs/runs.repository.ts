import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { chatPolicy } from '../../../../../config/policy/assistants/chat.js';
import { Database } from '../../../../database/database.js';
import type { Caller } from '../../../../guards/route/caller.js';
import { WorkHints } from '../../../../tasks/work-hints.js';
import { WebhookEvents } from '../../../webhooks/events/webhook-events.service.js';
import type { AnswerEnding } from '../conversations/conversation.js';
import type { FallbackReason } from '../../gateway/ai-call.js';
import type { Summary } from './history-window.js';
import type { StreamPart } from './stream-part.js';

/** An entry that an answer was given from. */
export interface AnswerSource {
  readonly id: string;
  readonly title: string;
}

export interface EndedAnswer {
  readonly text: string;
  readonly path: 'ai' | 'fallback';
  readonly reason: FallbackReason | null;
  readonly model: string | null;
  readonly ended: AnswerEnding;
  readonly sources: readonly AnswerSource[];
}

export interface RunParts {
  readonly runId: string;
  readonly number: number;
  readonly part: StreamPart;
}

/** To the millisecond, as clients name it. */
export const latestNow = sql<Date>`date_trunc('milliseconds', now())`;
const lostAfter = sql`${chatPolicy.lostAfterMs} * interval '1 millisecond'`;

/** Answers while they are given. At most one of a conversation runs. */
@Injectable()
export class RunsRepository {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookEvents,
    private readonly work: WorkHints,
  ) {}

  /** What fell out of the window. */
  async summarise(caller: Caller, conversationId: string, { text, to }: Summary): Promise<void> {
    await this.database.query
      .updateTable('conversations')
      .set({ summary: text, summarised_to: to })
      .where('user_id', '=', caller.userId)
      .where('id', '=', conversationId)
      .execute();
  }

  /**
   * Writes parts of answers, and that all of `alive` are still given here. Returns those among them that run still, and whether
   * they are to be stopped: one that is missing is gone with its conversation, or was taken for lost.
   */
  async write(parts: readonly RunParts[], alive: readonly string[]): Promise<ReadonlyMap<string, boolean>> {
    const rows = parts.map(({ runId, number, part }) => ({ run_id: runId, number, part }));
    const { rows: found } = await sql<{ id: string; stop_requested: boolean }>`
      with written as (
        insert into velro.chat_parts (run_id, number, part)
        select r.run_id, r.number, r.part from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (run_id uuid, number integer, part jsonb)
        where exists (select from velro.chat_runs c where c.id = r.run_id)
        on conflict do nothing
      )
      update velro.chat_runs set beat_at = now() where id = any(${[...alive]}::uuid[]) and is_running
      returning id, stop_requested`.execute(this.database.query);
    return new Map(found.map(({ id, stop_requested: isStopped }) => [id, isStopped]));
  }

  /**
   * Ends a run and stores its answer, once, with its webhook; false when it had ended. Of an answer without a text nothing is
   * stored.
   */
  async finish(
    runId: string,
    parts: readonly RunParts[],
    { sources, ...facts }: EndedAnswer,
    { onlyIfLost = false } = {},
  ): Promise<boolean> {
    const stored = await this.database.transaction(async (tx) => {
      // The conversation first, as whoever deletes it or asks in it locks them.
      await sql`select from velro.conversations c join velro.chat_runs r on r.user_id = c.user_id and r.conversation_id = c.id
        where r.id = ${runId} for update of c`.execute(tx);
      const run = await tx
        .updateTable('chat_runs')
        .set({ is_running: false, ended_at: sql<Date>`now()` })
        .where('id', '=', runId)
        .where('is_running', '=', true)
        // Its instance may have said meanwhile that it works on it.
        .$if(onlyIfLost, (query) => query.where('beat_at', '<', sql<Date>`now() - ${lostAfter}`))
        .returning(['user_id', 'conversation_id', 'message_id'])
        .executeTakeFirst();
      if (run === undefined) return null;
      if (parts.length > 0)
        await tx
          .insertInto('chat_parts')
          .values(parts.map(({ number, part }) => ({ run_id: runId, number, part: JSON.stringify(part) })))
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      if (facts.text === '') return { webhooks: 0 };
      const { last_number: number, person_id: person } = await tx
        .updateTable('conversations')
        .set({ last_number: sql<number>`last_number + 1`, updated_at: latestNow })
        .where('user_id', '=', run.user_id)
        .where('id', '=', run.conversation_id)
        .returning(['last_number', 'person_id'])
        .executeTakeFirstOrThrow();
      const answer = await tx
        .insertInto('chat_messages')
        .values({
          user_id: run.user_id,
          conversation_id: run.conversation_id,
          number,
          id: run.message_id,
          role: 'assistant',
          ...facts,
          sources:
            sources.length === 0 ? null : JSON.stringify(sources.map(({ id, title }) => ({ id, title }))),
        })
        // A conversation of a visitor is nobody's account's.
        .$if(person !== null, (query) =>
          query.returning(
            this.webhooks
              .ofAccount(run.user_id, {
                type: 'conversation.answered',
                objectId: run.conversation_id,
                // The text for a reason is no answer, however whole it is.
                status: facts.path === 'fallback' ? 'fallback' : facts.ended,
                path: `/conversations/${run.conversation_id}`,
                isNamedByOwner: true,
              })
              .as('webhooks'),
          ),
        )
        .executeTakeFirst();
      return { webhooks: answer?.webhooks ?? 0 };
    });
    // Committed.
    if ((stored?.webhooks ?? 0) > 0) this.work.tell('webhooks');
    return stored !== null;
  }

  /** Asks the instance of a running answer to stop it; the id of the run, or null when none runs. */
  async requestStop(caller: Caller, conversationId: string): Promise<string | null> {
    const row = await this.database.query
      .updateTable('chat_runs')
      .set({ stop_requested: true })
      .where('user_id', '=', caller.userId)
      .where('conversation_id', '=', conversationId)
      .where('is_running', '=', true)
      .returning('id')
      .executeTakeFirst();
    return row?.id ?? null;
  }

  /**
   * Asks for the end of every running answer of an account and of the visitors of its keys, and returns how many run, with calls of language models that
   * are not settled.
   */
  async stopAllOf(userId: string): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      with stopped as (
        update velro.chat_runs r set stop_requested = true where r.is_running and r.user_id in (
          select ${userId}::uuid union all
          select v.id from velro.visitors v join velro.api_keys k on k.id = v.key_id where k.user_id = ${userId}::uuid)
        returning 1
      )
      select ((select count(*) from stopped)
        + (select count(*) from velro.ai_calls c where c.user_id = ${userId}::uuid and c.settled_at is null))::integer as count`.execute(
      this.database.query,
    );
    return rows[0]?.count ?? 0;
  }

  /** The agent of a conversation, null for none; undefined when the caller has no such conversation. */
  async agentOf(caller: Caller, conversationId: string): Promise<string | null | undefined> {
    const row = await this.database.query
      .selectFrom('conversations')
      .select('agent_id')
      .where('user_id', '=', caller.userId)
      .where('id', '=', conversationId)
      .executeTakeFirst();
    return row?.agent_id;
  }

  /** The running answer of a conversation; null when none runs. */
  async running(caller: Caller, conversationId: string): Promise<string | null> {
    const row = await this.database.query
      .selectFrom('chat_runs')
      .select('id')
      .where('user_id', '=', caller.userId)
      .where('conversation_id', '=', conversationId)
      .where('is_running', '=', true)
      .where('beat_at', '>', sql<Date>`now() - ${lostAfter}`)
      .executeTakeFirst();
    return row?.id ?? null;
  }

  /** Parts of a run from `number` on, in order, and whether there may be more. */
  async partsFrom(
    runId: string,
    number: number,
  ): Promise<{ readonly parts: readonly StreamPart[]; readonly isRunning: boolean }> {
    // The state is read first: what is written behind it is found by the next look.
    const { rows } = await sql<{ running: boolean; parts: StreamPart[] | null }>`
      select coalesce((select is_running and beat_at > now() - ${lostAfter} from velro.chat_runs where id = ${runId}), false) as running,
        (select jsonb_agg(part order by p.number) from velro.chat_parts p where run_id = ${runId} and p.number >= ${number}) as parts`.execute(
      this.database.query,
    );
    return { parts: rows[0]?.parts ?? [], isRunning: rows[0]?.running ?? false };
  }

  /** Runs whose instance is gone, with what is known of their answers. */
  async lost(
    atMost: number,
  ): Promise<readonly { readonly id: string; readonly parts: readonly StreamPart[] }[]> {
    const { rows } = await sql<{ id: string; parts: StreamPart[] | null }>`
      select r.id, (select jsonb_agg(part order by number) from velro.chat_parts p where p.run_id = r.id) as parts
      from velro.chat_runs r where r.is_running and r.beat_at < now() - ${lostAfter}
      order by r.beat_at limit ${atMost}`.execute(this.database.query);
    return rows.map(({ id, parts }) => ({ id, parts: parts ?? [] }));
  }

  /** Deletes ended runs with their parts, once nobody reads them any more; returns how many. */
  async purge(atMost: number): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from velro.chat_runs where id in (
        select id from velro.chat_runs
        where not is_running and ended_at < now() - ${chatPolicy.keepPartsMs} * interval '1 millisecond'
        order by ended_at limit ${atMost})`.execute(this.database.query);
    return Number(numAffectedRows);
  }
}
