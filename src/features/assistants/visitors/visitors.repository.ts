import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { visitorTokenPolicy } from '../../../../config/policy/accounts/tokens.js';
import { Database, type Transaction } from '../../../database/database.js';
import type { Caller } from '../../../guards/route/caller.js';

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

  /** Gives a visitor's conversations to an account, and forgets the visitor; returns how many. An id that the account has already is made anew. */
  async move(tx: Transaction, caller: Caller, visitorId: string): Promise<number> {
    await tx.selectFrom('visitors').select('id').where('id', '=', visitorId).forUpdate().execute();
    const { numAffectedRows = 0n } = await sql`
      update velro.conversations c set user_id = ${caller.userId}, person_id = ${caller.userId}, visitor_id = null,
        id = case when exists (select from velro.conversations o where o.user_id = ${caller.userId} and o.id = c.id)
          then gen_random_uuid()::text else c.id end
      where c.user_id = ${visitorId} and c.visitor_id = ${visitorId}`.execute(tx);
    await tx.deleteFrom('visitors').where('id', '=', visitorId).execute();
    return Number(numAffectedRows);
  }

  /** Deletes a batch of visitors that have not been seen for long, with their conversations; returns how many. */
  async purge(): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('visitors')
      .where('id', 'in', (query) =>
        query
          .selectFrom('visitors')
          .select('id')
          .where('seen_at', '<', sql<Date>`now() - ${visitorTokenPolicy.keepDays} * interval '1 day'`)
          .orderBy('seen_at')
          .limit(visitorTokenPolicy.purgeBatch),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
