import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';
import type { FallbackReason } from '../../assistants/gateway/ai-call.js';
import type { MessageKind } from '../inbound/page-update.js';
import { held, type HeldPerson } from './held-person.js';

export interface WaitingMessage {
  readonly id: string;
  readonly kind: MessageKind;
  readonly textSealed: Buffer | null;
  /** Whether the person was told who answers. */
  readonly wasDisclosed: boolean;
  /** It asks for the deletion of everything that is stored of the person. */
  readonly asksDeletion: boolean;
  /** Whether an answer may still be sent: it is judged again when it is. */
  readonly isOpen: boolean;
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

/** What people wrote, and what they are answered. Every write holds only under the lease of its worker. */
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

  /** The oldest message that waits for its answer, which may be sent `withinMs` from the person's last one. */
  async waiting({ id }: HeldPerson, withinMs: number): Promise<WaitingMessage | null> {
    const { rows } = await sql<{
      id: string;
      kind: MessageKind;
      text_sealed: Buffer | null;
      was_disclosed: boolean;
      asks_deletion: boolean;
      is_open: boolean;
    }>`
      select m.id, m.kind, m.text_sealed, m.asks_deletion, p.disclosed_at is not null as was_disclosed,
        coalesce(p.last_inbound_at > now() - ${withinMs}::bigint * interval '1 millisecond', false) as is_open
      from velro.messenger_messages m
        join velro.messenger_people p on p.id = m.person_id
      where m.person_id = ${id}::uuid and m.state = 'waiting' and m.id > coalesce(p.removed_to, 0) order by m.sent_at, m.id limit 1`.execute(
      this.database.query,
    );
    const [row] = rows;
    if (row === undefined) return null;
    return {
      id: row.id,
      kind: row.kind,
      textSealed: row.text_sealed,
      wasDisclosed: row.was_disclosed,
      asksDeletion: row.asks_deletion,
      isOpen: row.is_open,
    };
  }

  /** A message that cannot be answered any more. */
  async passOver({ id, token }: HeldPerson, messageId: string): Promise<void> {
    await sql`
      update velro.messenger_messages set state = 'ignored'
      where id = ${messageId}::bigint and person_id = ${id}::uuid and state = 'waiting' and ${held(id, token)}`.execute(
      this.database.query,
    );
  }

  /** What was said before a message, oldest first: the latest messages, and what was sent for them. */
  async history({ id }: HeldPerson, before: string, messages: number): Promise<readonly SealedLine[]> {
    const { rows } = await sql<{ role: SealedLine['role']; text_sealed: Buffer }>`
      with latest as (
        select m.id, m.sent_at, m.text_sealed from velro.messenger_messages m
          join velro.messenger_people p on p.id = m.person_id and m.id > coalesce(p.removed_to, 0)
        where m.person_id = ${id}::uuid and m.state = 'answered' and m.id <> ${before}::bigint
        order by m.sent_at desc, m.id desc limit ${messages}
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
