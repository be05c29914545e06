import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { emailChangePolicy } from '../../../../config/policy/accounts/email-change.js';
import { Database, type Transaction } from '../../../database/database.js';
import type { Caller } from '../../../guards/route/caller.js';

/** A change that waits for the proof of the new address. */
export interface EmailChange {
  readonly id: string;
  /** The new address, in its canonical form. */
  readonly email: string;
  /** The account's epoch at the request. */
  readonly epoch: number;
}

const isValid = sql<boolean>`email_changes.created_at > now() - make_interval(secs => ${emailChangePolicy.linkSeconds})`;

@Injectable()
export class EmailChangeRepository {
  constructor(private readonly database: Database) {}

  /** Replaces an earlier change of the caller: its link stops working. */
  async put(tx: Transaction, caller: Caller, { id, email, epoch }: EmailChange): Promise<void> {
    await tx
      .insertInto('email_changes')
      .values({ id, user_id: caller.userId, email, epoch })
      .onConflict((conflict) =>
        conflict.column('user_id').doUpdateSet({ id, email, epoch, created_at: sql<Date>`now()` }),
      )
      .execute();
  }

  /** A change of the caller whose link still works. */
  async find(caller: Caller, id: string): Promise<EmailChange | null> {
    const row = await this.database.query
      .selectFrom('email_changes')
      .select(['id', 'email', 'epoch'])
      .where('user_id', '=', caller.userId)
      .where('id', '=', id)
      .where('epoch', '=', caller.ver)
      .where(isValid)
      .executeTakeFirst();
    return row ?? null;
  }

  /** A change by its job: null once it is replaced, done, too old, or its account's sessions have ended. */
  async findForMail(id: string): Promise<EmailChange | null> {
    const row = await this.database.query
      .selectFrom('email_changes')
      .innerJoin('users', 'users.id', 'email_changes.user_id')
      .select(['email_changes.id', 'email_changes.email', 'email_changes.epoch'])
      .where('email_changes.id', '=', id)
      .whereRef('email_changes.epoch', '=', 'users.epoch')
      .where(isValid)
      .executeTakeFirst();
    return row ?? null;
  }

  /** False when it was done or replaced meanwhile. */
  async remove(tx: Transaction, caller: Caller, id: string): Promise<boolean> {
    const { numDeletedRows } = await tx
      .deleteFrom('email_changes')
      .where('user_id', '=', caller.userId)
      .where('id', '=', id)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }

  /** Deletes a batch of those whose link has expired; returns how many. */
  async purge(batch: number): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('email_changes')
      .where('id', 'in', (from) =>
        from
          .selectFrom('email_changes')
          .select('id')
          .where(({ not }) => not(isValid))
          .limit(batch),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
