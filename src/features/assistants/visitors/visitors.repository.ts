import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { visitorTokenPolicy } from '../../../../config/policy/accounts/tokens.js';
import { chatPolicy } from '../../../../config/policy/assistants/chat.js';
import { Database, type Transaction } from '../../../database/database.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { VisitorClaims } from '../../../guards/token/visitor-tokens.js';
import { lockConversationsOf } from '../chat/conversations/conversations-lock.js';

const longAgo = sql<Date>`now() - ${visitorTokenPolicy.keepDays} * interval '1 day'`;

/** Visitors that have conversations. */
@Injectable()
export class VisitorsRepository {
  constructor(private readonly database: Database) {}

  /** Whether this key's site knows a visitor of this id. */
  async isKnown(caller: Caller, id: string): Promise<boolean> {
    const row = await this.database.query
      .selectFrom('visitors')
      .select('id')
      .where('id', '=', id)
      .where('key_id', '=', caller.sessionId)
      .where('claimed_at', 'is', null)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Whether somebody has proven to hold the mail of the account's present address. */
  async hasProvenAddress(tx: Transaction, caller: Caller): Promise<boolean> {
    const row = await tx
      .selectFrom('users')
      .select('id')
      .where('id', '=', caller.userId)
      .where((where) => where.or([where('proven_at', 'is not', null), where('exchanged_at', 'is not', null)]))
      .where('address_taken_at', 'is', null)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Ends a visitor, also one that never asked: no later question is stored of it. False when another claim did, or its key is deleted. */
  async end(tx: Transaction, { visitorId, keyId }: VisitorClaims): Promise<boolean> {
    // Seen now: it stays for longer than any of its tokens.
    const { rows } = await sql`
      insert into velro.visitors as v (id, key_id, claimed_at)
      select ${visitorId}::uuid, k.id, now() from velro.api_keys k where k.id = ${keyId} for key share
      on conflict (id) do update set claimed_at = now(), seen_at = now() where v.claimed_at is null
      returning id`.execute(tx);
    return rows.length === 1;
  }

  /**
   * Gives the conversations of a visitor that was ended to an account; returns how many, and null where it would have too many. An id
   * that the account has already is made anew.
   */
  async move(tx: Transaction, caller: Caller, visitorId: string): Promise<number | null> {
    await lockConversationsOf(tx, caller.userId);
    const { rows } = await sql<{ id: string; is_taken: boolean; owned: number }>`
      select c.id, exists (select from velro.conversations o where o.user_id = ${caller.userId} and o.id = c.id) as is_taken,
        (select count(*) from velro.conversations where user_id = ${caller.userId})::integer as owned
      from velro.conversations c where c.user_id = ${visitorId} and c.visitor_id = ${visitorId}`.execute(tx);
    if ((rows[0]?.owned ?? 0) + rows.length > chatPolicy.perUser) return null;
    let moved = 0n;
    // One by one, as each takes its messages along: all in one statement would be more than the time of one allows.
    for (const { id, is_taken: isTaken } of rows) {
      const { numAffectedRows = 0n } = await sql`
        update velro.conversations set user_id = ${caller.userId}, person_id = ${caller.userId}, visitor_id = null,
          id = ${isTaken ? sql`gen_random_uuid()::text` : id}
        where user_id = ${visitorId} and id = ${id}`.execute(tx);
      moved += numAffectedRows;
    }
    return Number(moved);
  }

  /** Deletes a batch of visitors that have not been seen for long, with their conversations; returns how many. */
  async purge(): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('visitors')
      // Said again, for one who came back since it was selected.
      .where('seen_at', '<', longAgo)
      .where('id', 'in', (query) =>
        query
          .selectFrom('visitors')
          .select('id')
          .where('seen_at', '<', longAgo)
          .orderBy('seen_at')
          .limit(visitorTokenPolicy.purgeBatch),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
