import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Transaction } from '../../ports/database.js';

export type EntryKind = 'grant' | 'reserve' | 'commit' | 'release';

/** One line of the ledger: by how much it moves the two figures of the account. */
export interface Entry {
  readonly userId: string;
  readonly generationId: string | null;
  readonly kind: EntryKind;
  readonly balance: number;
  readonly reserved: number;
}

@Injectable()
export class CreditsRepository {
  /** Moves the figures if the balance covers it. False when it does not. */
  async move(tx: Transaction, { userId, balance, reserved }: Entry): Promise<boolean> {
    const { numUpdatedRows } = await tx
      .updateTable('users')
      .set({
        credits_balance: sql<string>`credits_balance + ${balance}`,
        credits_reserved: sql<string>`credits_reserved + ${reserved}`,
      })
      .where('id', '=', userId)
      .where(sql<boolean>`credits_balance + ${balance} >= 0`)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Adds the line. False when a line of this kind stands for this generation already. */
  async note(tx: Transaction, entry: Entry): Promise<boolean> {
    const { numInsertedOrUpdatedRows = 0n } = await tx
      .insertInto('credit_entries')
      .values({
        user_id: entry.userId,
        generation_id: entry.generationId,
        kind: entry.kind,
        balance_change: entry.balance,
        reserved_change: entry.reserved,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows > 0n;
  }

  async balance(tx: Transaction, userId: string): Promise<number> {
    const row = await tx
      .selectFrom('users')
      .select('credits_balance')
      .where('id', '=', userId)
      .executeTakeFirst();
    return Number(row?.credits_balance ?? 0);
  }
}
