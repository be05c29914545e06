import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { chatPolicy } from '../../../../../config/policy/assistants/chat.js';
import type { Transaction } from '../../../../database/database.js';
import type { Caller } from '../../../../guards/route/caller.js';
import { lockConversationsOf } from '../conversations/conversations-lock.js';
import type { NumberedMessage, Summary } from './history-window.js';
import { latestNow } from './runs.repository.js';

/** A question that is to be answered. */
export interface NewRun {
  readonly runId: string;
  readonly conversationId: string;
  /** Of the answer. */
  readonly answerId: string;
  /** Null: the latest question again, in place of its answer. */
  readonly question: {
    readonly id: string;
    readonly text: string;
    readonly title: string;
    readonly attachments: readonly string[];
  } | null;
  /** Of the answer, or question, that is given again; null: whichever is the latest. */
  readonly repeatedId: string | null;
  /** Of a conversation that begins with it; an earlier one must have the same. */
  readonly agentId: string | null;
}

export interface BegunRun {
  /** The latest ones, oldest first. */
  readonly history: readonly NumberedMessage[];
  readonly summary: Summary;
  /** The number of its first answer; null: nothing was answered in it yet. */
  readonly firstAnswer: number | null;
  /** Of the question that is answered. */
  readonly attachments: readonly string[];
}

export type BeginRefusal =
  | 'agent_settled'
  | 'busy'
  | 'unknown'
  | 'nothing_to_repeat'
  | 'conversations_exceeded'
  | 'conversation_full'
  /** Its conversations moved to an account, or its key was deleted, since its token was looked at. */
  | 'visitor_ended';

/** Beginnings of answers: a question stored, or taken again. At most one answer of a conversation runs. */
@Injectable()
export class RunBeginningsRepository {
  /** Stores the question and begins its answer, or says why not; then nothing is changed. */
  async begin(tx: Transaction, caller: Caller, run: NewRun): Promise<BegunRun | BeginRefusal> {
    const { conversationId: id, question } = run;
    if (caller.visitor !== undefined && !(await this.see(tx, caller))) return 'visitor_ended';
    if (question !== null) {
      const refusal = await this.require(tx, caller, id, run.agentId, question.title);
      if (refusal !== null) return refusal;
    }
    const conversation = await tx
      .selectFrom('conversations')
      .select(['last_number', 'summary', 'summarised_to', 'agent_id'])
      .where('user_id', '=', caller.userId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (conversation === undefined) return 'unknown';
    // Begun meanwhile, by another message.
    if (conversation.agent_id !== run.agentId) return 'agent_settled';
    if (await this.isRunning(tx, caller, id)) return 'busy';
    let last = conversation.last_number;
    if (question === null) {
      const dropped = await this.dropAnswer(tx, caller, id, last, run.repeatedId);
      if (dropped === null) return 'nothing_to_repeat';
      last = dropped;
    } else {
      if (last >= mostMessagesOf(caller)) return 'conversation_full';
      last++;
      await tx
        .insertInto('chat_messages')
        .values({
          user_id: caller.userId,
          conversation_id: id,
          number: last,
          id: question.id,
          role: 'user',
          text: question.text,
          attachments: [...question.attachments],
        })
        .execute();
    }
    await tx
      .updateTable('conversations')
      .set({ last_number: last, updated_at: latestNow })
      .where('user_id', '=', caller.userId)
      .where('id', '=', id)
      .execute();
    await tx
      .insertInto('chat_runs')
      .values({ id: run.runId, user_id: caller.userId, conversation_id: id, message_id: run.answerId })
      .execute();
    return {
      history: await this.latest(tx, caller, id),
      firstAnswer: await this.firstAnswer(tx, caller, id),
      attachments: question?.attachments ?? (await this.attachmentsOf(tx, caller, id, last)),
      summary: { text: conversation.summary, to: Math.min(conversation.summarised_to, last - 1) },
    };
  }

  /** Makes sure of the conversation; a reason when there is no room for one more. */
  private async require(
    tx: Transaction,
    caller: Caller,
    id: string,
    agentId: string | null,
    title: string,
  ): Promise<'conversations_exceeded' | null> {
    const found = await tx
      .selectFrom('conversations')
      .select('id')
      .where('user_id', '=', caller.userId)
      .where('id', '=', id)
      .executeTakeFirst();
    if (found !== undefined) return null;
    await lockConversationsOf(tx, caller.userId);
    const { count } = await tx
      .selectFrom('conversations')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .where('user_id', '=', caller.userId)
      .executeTakeFirstOrThrow();
    const most = caller.visitor === undefined ? chatPolicy.perUser : chatPolicy.perVisitor;
    if (Number(count) >= most) return 'conversations_exceeded';
    await tx
      .insertInto('conversations')
      .values({
        user_id: caller.userId,
        id,
        title,
        agent_id: agentId,
        ...(caller.visitor === undefined ? {} : { visitor_id: caller.userId }),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return null;
  }

  /** A visitor is stored with the first question, and seen with each. False: it has ended. */
  private async see(tx: Transaction, caller: Caller): Promise<boolean> {
    const { rows } = await sql`
      insert into velro.visitors as v (id, key_id)
      select ${caller.userId}::uuid, k.id from velro.api_keys k where k.id = ${caller.sessionId} for key share
      on conflict (id) do update set seen_at = now() where v.claimed_at is null
      returning id`.execute(tx);
    return rows.length === 1;
  }

  private async isRunning(tx: Transaction, caller: Caller, id: string): Promise<boolean> {
    const row = await tx
      .selectFrom('chat_runs')
      .select('id')
      .where('user_id', '=', caller.userId)
      .where('conversation_id', '=', id)
      .where('is_running', '=', true)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Deletes the answer to the latest question, if there is one; the number of the question, or null without one. */
  private async dropAnswer(
    tx: Transaction,
    caller: Caller,
    id: string,
    last: number,
    repeatedId: string | null,
  ): Promise<number | null> {
    const rows = await tx
      .selectFrom('chat_messages')
      .select(['number', 'role', 'id'])
      .where('user_id', '=', caller.userId)
      .where('conversation_id', '=', id)
      .where('number', '>', last - 2)
      .orderBy('number', 'desc')
      .execute();
    const question = rows.find(({ role }) => role === 'user');
    if (question === undefined) return null;
    // An earlier one would not be what its client shows.
    if (repeatedId !== null && !rows.some((row) => row.id === repeatedId && row.number >= question.number))
      return null;
    await tx
      .deleteFrom('chat_messages')
      .where('user_id', '=', caller.userId)
      .where('conversation_id', '=', id)
      .where('number', '>', question.number)
      .execute();
    return question.number;
  }

  /** Not always the second message: of an answer that was stopped before its first text nothing is stored. */
  private async firstAnswer(tx: Transaction, caller: Caller, id: string): Promise<number | null> {
    const row = await tx
      .selectFrom('chat_messages')
      .select('number')
      .where('user_id', '=', caller.userId)
      .where('conversation_id', '=', id)
      .where('role', '=', 'assistant')
      .orderBy('number')
      .limit(1)
      .executeTakeFirst();
    return row?.number ?? null;
  }

  private async attachmentsOf(
    tx: Transaction,
    caller: Caller,
    id: string,
    number: number,
  ): Promise<readonly string[]> {
    const row = await tx
      .selectFrom('chat_messages')
      .select('attachments')
      .where('user_id', '=', caller.userId)
      .where('conversation_id', '=', id)
      .where('number', '=', number)
      .executeTakeFirst();
    return row?.attachments ?? [];
  }

  private async latest(tx: Transaction, caller: Caller, id: string): Promise<NumberedMessage[]> {
    const rows = await tx
      .selectFrom('chat_messages')
      .select(['number', 'role', 'text'])
      .where('user_id', '=', caller.userId)
      .where('conversation_id', '=', id)
      // A canned answer is not the model's own words.
      .where((where) => where.or([where('path', 'is', null), where('path', '<>', 'fallback')]))
      .orderBy('number', 'desc')
      .limit(chatPolicy.windowMessages)
      .execute();
    return rows.reverse().map(({ number, role, text }) => ({ number, role: role, text }));
  }
}

const mostMessagesOf = ({ visitor }: Caller): number =>
  visitor === undefined ? chatPolicy.messagesPerConversation : chatPolicy.messagesOfVisitor;
