import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';
import { held, type HeldPerson } from './held-person.js';

export interface ReplyToSend {
  readonly id: string;
  readonly textSealed: Buffer;
  /** How often it was tried before. */
  readonly attempts: number;
}

/** Replies on their way. */
@Injectable()
export class SendingsRepository {
  constructor(private readonly database: Database) {}

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
      where person_id = ${id}::uuid and state = 'queued'
        and message_id > coalesce((select removed_to from velro.messenger_people where id = ${id}::uuid), 0)
      order by message_id, part limit 1`.execute(this.database.query);
    const [row] = rows;
    return row === undefined
      ? null
      : { id: row.id, textSealed: row.text_sealed, attempts: row.attempts, isDue: row.is_due };
  }

  /**
   * Before a reply is sent. `expired`: the person's last message is too long ago; `cancelled`: a human answers (all but a request for
   * deletion), or the person is blocked: the reply is settled so. `gone`: the lease has ended, or the reply was cancelled before.
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
        select id, case when blocked_at is not null or (mode = 'human' and forget_at is null) then 'cancelled'
          when last_inbound_at > now() - ${withinMs}::bigint * interval '1 millisecond' then 'sending' else 'expired' end as state
        from velro.messenger_people where id = ${id}::uuid and lease = ${token}::uuid for update) p
      where r.id = ${replyId}::uuid and r.person_id = p.id and r.state = 'queued' returning r.state`.execute(
      this.database.query,
    );
    const state = rows[0]?.state;
    if (state === undefined) return 'gone';
    return state === 'sending' ? 'begun' : state;
  }

  /** Behind a sending that Meta took, whoever has the lease by now. An echo may have come first. */
  async settleSent(replyId: string, mid: string): Promise<void> {
    await sql`
      update velro.messenger_replies set state = 'sent', mid = ${mid}, error_code = null, settled_at = now()
      where id = ${replyId}::uuid and state in ('sending', 'unknown')`.execute(this.database.query);
  }

  /** Behind a sending that Meta did not take, or of which nobody knows it. */
  async settle(
    { id, token }: HeldPerson,
    replyId: string,
    state: 'unknown' | 'failed',
    code: number | null,
  ): Promise<void> {
    await sql`
      update velro.messenger_replies set state = ${state}, error_code = ${code}, settled_at = now()
      where id = ${replyId}::uuid and state = 'sending' and ${held(id, token)}`.execute(this.database.query);
  }

  /** One that was certainly not sent is tried again in `afterMs`. */
  async retry(
    { id, token }: HeldPerson,
    replyId: string,
    afterMs: number,
    code: number | null,
  ): Promise<void> {
    await sql`
      update velro.messenger_replies set state = 'queued', error_code = ${code},
        next_attempt_at = now() + ${afterMs}::bigint * interval '1 millisecond'
      where id = ${replyId}::uuid and state = 'sending' and ${held(id, token)}`.execute(this.database.query);
  }
}
