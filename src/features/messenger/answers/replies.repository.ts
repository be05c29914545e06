import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';
import type { FallbackReason } from '../../assistants/gateway/ai-call.js';
import type { MessageKind } from '../inbound/page-update.js';

/** A person who is worked for. `token`: of the lease, without which nothing is written. */
export interface HeldPerson {
  readonly id: string;
  readonly token: string;
  readonly pageId: string;
  readonly psidHash: Buffer;
  readonly psidSealed: Buffer;
}

export interface WaitingMessage {
  readonly id: string;
  readonly kind: MessageKind;
  readonly textSealed: Buffer | null;
  /** Whether the person was told who answers. */
  readonly wasDisclosed: boolean;
}

export interface ReplyToSend {
  readonly id: string;
  readonly textSealed: Buffer;
  /** How often it was tried before. */
  readonly attempts: number;
}

export interface NewReply {
  readonly id: string;
  readonly textSealed: Buffer;
  readonly path: 'ai' | 'fallback' | 'fixed';
  readonly reason: FallbackReason | null;
}

/** One line of a conversation. */
export interface SealedLine {
  readonly role: 'user' | 'assistant';
  readonly textSealed: Buffer;
}

export type SettledState = 'sent' | 'unknown' | 'failed' | 'expired';

/** What people wait for, and what they are answered. Every write holds only under the lease of its worker. */
@Injectable()
export class RepliesRepository {
  constructor(private readonly database: Database) {}

  /** The person for whom there has been something to do for longest; null where there is none. */
  async claim(token: string, leaseMs: number): Promise<HeldPerson | null> {
    const { rows } = await sql<{
      id: string;
      page_id: string;
      psid_hash: Buffer;
      psid_sealed: Buffer;
    }>`select * from velro.claim_messenger_person(${token}::uuid, ${leaseMs}::integer)`.execute(
      this.database.query,
    );
    const [row] = rows;
    if (row === undefined) return null;
    return {
      id: row.id,
      token,
      pageId: row.page_id,
      psidHash: row.psid_hash,
      psidSealed: row.psid_sealed,
    };
  }

  /** Replies whose sending was broken off with its worker: whether they were sent, only Meta knows. Returns how many. */
  async giveUpBroken({ id, token }: HeldPerson): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      update velro.messenger_replies set state = 'unknown', settled_at = now()
      where person_id = ${id}::uuid and state = 'sending' and ${held(id, token)}`.execute(
      this.database.query,
    );
    return Number(numAffectedRows);
  }

  /** The first reply that is not settled, whether or not it is due; null where there is none. */
  async next({ id }: HeldPerson): Promise<(ReplyToSend & { readonly isDue: boolean }) | null> {
    const { rows } = await sql<{ id: string; text_sealed: Buffer; attempts: number; is_due: boolean }>`
      select id, text_sealed, attempts, next_attempt_at <= now() as is_due from velro.messenger_replies
      where person_id = ${id}::uuid and state = 'queued' order by message_id, part limit 1`.execute(
      this.database.query,
    );
    const [row] = rows;
    return row === undefined
      ? null
      : { id: row.id, textSealed: row.text_sealed, attempts: row.attempts, isDue: row.is_due };
  }

  /** The oldest message that waits for its answer. */
  async waiting({ id }: HeldPerson): Promise<WaitingMessage | null> {
    const { rows } = await sql<{
      id: string;
      kind: MessageKind;
      text_sealed: Buffer | null;
      disclosed_at: Date | null;
    }>`
      select m.id, m.kind, m.text_sealed, p.disclosed_at from velro.messenger_messages m
        join velro.messenger_people p on p.id = m.person_id
      where m.person_id = ${id}::uuid and m.state = 'waiting' order by m.sent_at, m.id limit 1`.execute(
      this.database.query,
    );
    const [row] = rows;
    if (row === undefined) return null;
    const { text_sealed: textSealed, disclosed_at: disclosedAt } = row;
    return { id: row.id, kind: row.kind, textSealed, wasDisclosed: disclosedAt !== null };
  }

  /** What was said before a message, oldest first: the latest messages, and what was sent for them. */
  async history({ id }: HeldPerson, before: string, messages: number): Promise<readonly SealedLine[]> {
    const { rows } = await sql<{ role: SealedLine['role']; text_sealed: Buffer }>`
      with latest as (
        select id, sent_at, text_sealed from velro.messenger_messages
        where person_id = ${id}::uuid and state = 'answered' and id <> ${before}::bigint
        order by sent_at desc, id desc limit ${messages}
      )
      select 'user' as role, text_sealed, sent_at, id, -1 as part from latest where text_sealed is not null
      union all
      select 'assistant', r.text_sealed, l.sent_at, l.id, r.part from latest l
        join velro.messenger_replies r on r.message_id = l.id and r.person_id = ${id}::uuid and r.path = 'ai'
        and r.state in ('sending', 'sent', 'unknown')
      order by sent_at, id, part`.execute(this.database.query);
    return rows.map(({ role, text_sealed: textSealed }) => ({ role, textSealed }));
  }

  /** Stores the answer to a message, in its parts; false when the lease has ended, or the message was withdrawn: then nothing is. */
  async answer(
    { id, token }: HeldPerson,
    messageId: string,
    replies: readonly NewReply[],
    { discloses, forgets }: { readonly discloses: boolean; readonly forgets: boolean },
  ): Promise<boolean> {
    const parts = replies.map((reply, part) => ({
      id: reply.id,
      part,
      text_sealed: reply.textSealed.toString('hex'),
      path: reply.path,
      reason: reply.reason,
    }));
    return this.database.transaction(async (tx) => {
      // The person first, as everywhere; nothing of them is changed before it is known that the message still waits.
      const { rows } = await sql`
        select from velro.messenger_people where id = ${id}::uuid and lease = ${token}::uuid for update`.execute(
        tx,
      );
      if (rows.length === 0) return false;
      const answered = await sql`
        update velro.messenger_messages set state = 'answered'
        where id = ${messageId}::bigint and person_id = ${id}::uuid and state = 'waiting' returning id`.execute(
        tx,
      );
      if (answered.rows.length === 0) return false;
      await sql`
        update velro.messenger_people set
          disclosed_at = case when ${discloses} then coalesce(disclosed_at, now()) else disclosed_at end,
          forget_at = case when ${forgets} then coalesce(forget_at, now()) else forget_at end
        where id = ${id}::uuid`.execute(tx);
      await sql`
        insert into velro.messenger_replies (id, person_id, message_id, part, text_sealed, path, reason, state)
        select (r ->> 'id')::uuid, ${id}::uuid, ${messageId}::bigint, (r ->> 'part')::smallint,
          decode(r ->> 'text_sealed', 'hex'), r ->> 'path', r ->> 'reason', 'queued'
        from jsonb_array_elements(${JSON.stringify(parts)}::jsonb) r`.execute(tx);
      return true;
    });
  }

  /**
   * Before a reply is sent. `expired`: the person's last message is too long ago; `cancelled`: a human answers, or the person is blocked:
   * the reply is settled so. `gone`: the lease has ended, or the reply was cancelled before.
   */
  async begin(
    { id, token }: HeldPerson,
    replyId: string,
    withinMs: number,
  ): Promise<'begun' | 'expired' | 'cancelled' | 'gone'> {
    const { rows } = await sql<{ state: 'sending' | 'expired' | 'cancelled' }>`
      update velro.messenger_replies r set state = p.state, settled_at = case p.state when 'sending' then null else now() end,
        attempts = r.attempts + 1
      from (
        select id, case when mode = 'human' or blocked_at is not null then 'cancelled'
          when last_inbound_at > now() - ${withinMs}::bigint * interval '1 millisecond' then 'sending' else 'expired' end as state
        from velro.messenger_people where id = ${id}::uuid and lease = ${token}::uuid for update) p
      where r.id = ${replyId}::uuid and r.person_id = p.id and r.state = 'queued' returning r.state`.execute(
      this.database.query,
    );
    const state = rows[0]?.state;
    if (state === undefined) return 'gone';
    return state === 'sending' ? 'begun' : state;
  }

  /** Behind a sending. An echo may have come first. */
  async settle(replyId: string, state: SettledState, mid: string | null, code: number | null): Promise<void> {
    await sql`
      update velro.messenger_replies set state = ${state}, mid = ${mid}, error_code = ${code}, settled_at = now()
      where id = ${replyId}::uuid and state = 'sending'`.execute(this.database.query);
  }

  /** One that was certainly not sent is tried again in `afterMs`. */
  async retry(replyId: string, afterMs: number, code: number | null): Promise<void> {
    await sql`
      update velro.messenger_replies set state = 'queued', error_code = ${code},
        next_attempt_at = now() + ${afterMs}::bigint * interval '1 millisecond'
      where id = ${replyId}::uuid and state = 'sending'`.execute(this.database.query);
  }

  /** Extends the lease; false when it has ended. */
  async extend({ id, token }: HeldPerson, leaseMs: number): Promise<boolean> {
    const { rows } = await sql`
      update velro.messenger_people set work_at = now() + ${leaseMs}::bigint * interval '1 millisecond'
      where id = ${id}::uuid and lease = ${token}::uuid returning id`.execute(this.database.query);
    return rows.length > 0;
  }

  async release({ id, token }: HeldPerson): Promise<void> {
    await sql`select velro.release_messenger_person(${id}::uuid, ${token}::uuid)`.execute(
      this.database.query,
    );
  }
}

const held = (id: string, token: string) =>
  sql`exists (select from velro.messenger_people where id = ${id}::uuid and lease = ${token}::uuid)`;
