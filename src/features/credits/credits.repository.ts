import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { latelyDays } from '../../../config/policy/generations/credits.js';
import { Database, type Executor, type Transaction } from '../../database/database.js';
import type { Caller } from '../../guards/route/caller.js';

export const entryKinds = ['grant', 'adjust', 'reserve', 'commit', 'release'] as const;
export type EntryKind = (typeof entryKinds)[number];

/** One entry of the ledger, with the changes to the account's balance and reserve. */
export interface Entry {
  readonly userId: string;
  readonly generationId: string | null;
  readonly kind: EntryKind;
  readonly balance: number;
  readonly reserved: number;
  /** For an adjustment: its administrator and reason. */
  readonly adjustment: { readonly actorId: string; readonly reason: string } | null;
}

export interface StoredEntry {
  readonly id: string;
  readonly kind: EntryKind;
  readonly balanceChange: number;
  readonly reservedChange: number;
  readonly generationId: string | null;
  readonly reason: string | null;
  readonly createdAt: Date;
}

export interface Figures {
  readonly balance: number;
  readonly reserved: number;
}

export interface LedgerTotals {
  readonly granted: number;
  readonly adjusted: number;
  readonly spent: number;
  readonly released: number;
  readonly spentLately: number;
}

/** Balances and the ledger, each change one conditional statement. */
@Injectable()
export class CreditsRepository {
  constructor(private readonly database: Database) {}

  /** Applies the changes if the balance covers them. Null when it does not, or when there is no such account. */
  async move(tx: Transaction, { userId, balance, reserved }: Entry): Promise<Figures | null> {
    const row = await tx
      .updateTable('users')
      .set({
        credits_balance: sql<string>`credits_balance + ${balance}`,
        credits_reserved: sql<string>`credits_reserved + ${reserved}`,
      })
      .where('id', '=', userId)
      .where(sql<boolean>`credits_balance + ${balance} >= 0`)
      .returning(['credits_balance', 'credits_reserved'])
      .executeTakeFirst();
    return row === undefined
      ? null
      : { balance: Number(row.credits_balance), reserved: Number(row.credits_reserved) };
  }

  /** Adds the entry. False when the generation has an entry of this kind already. */
  async note(tx: Transaction, entry: Entry): Promise<boolean> {
    const { numInsertedOrUpdatedRows = 0n } = await tx
      .insertInto('credit_entries')
      .values({
        user_id: entry.userId,
        generation_id: entry.generationId,
        kind: entry.kind,
        balance_change: entry.balance,
        reserved_change: entry.reserved,
        actor_id: entry.adjustment?.actorId ?? null,
        reason: entry.adjustment?.reason ?? null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows > 0n;
  }

  /** Null when there is no such account. */
  async figures(userId: string, executor: Executor = this.database.query): Promise<Figures | null> {
    const row = await executor
      .selectFrom('users')
      .select(['credits_balance', 'credits_reserved'])
      .where('id', '=', userId)
      .executeTakeFirst();
    return row === undefined
      ? null
      : { balance: Number(row.credits_balance), reserved: Number(row.credits_reserved) };
  }

  /** Newest first, before `cursor`. */
  async entries(caller: Caller, limit: number, cursor: string | null): Promise<StoredEntry[]> {
    const rows = await this.database.query
      .selectFrom('credit_entries')
      .select(['id', 'kind', 'balance_change', 'reserved_change', 'generation_id', 'reason', 'created_at'])
      .where('user_id', '=', caller.userId)
      .$if(cursor !== null, (query) => query.where('id', '<', cursor ?? ''))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      balanceChange: Number(row.balance_change),
      reservedChange: Number(row.reserved_change),
      generationId: row.generation_id,
      reason: row.reason,
      createdAt: row.created_at,
    }));
  }

  /** Of sums by day: as many rows as there were days, however many entries. */
  async totals(caller: Caller): Promise<LedgerTotals> {
    const sum = (column: 'balance_change' | 'reserved_change', kind: EntryKind) =>
      sql<string>`coalesce(sum(${sql.ref(column)}) filter (where kind = ${kind}), 0)`;
    const row = await this.database.query
      .selectFrom('ledger_sums')
      .select([
        sum('balance_change', 'grant').as('granted'),
        sum('balance_change', 'adjust').as('adjusted'),
        sum('reserved_change', 'commit').as('spent'),
        sum('balance_change', 'release').as('released'),
        sql<string>`coalesce(sum(reserved_change) filter (
          where kind = 'commit' and day > (now() at time zone 'UTC')::date - ${latelyDays}::int), 0)`.as(
          'lately',
        ),
      ])
      .where('user_id', '=', caller.userId)
      .executeTakeFirstOrThrow();
    return {
      granted: Number(row.granted),
      adjusted: Number(row.adjusted),
      spent: -Number(row.spent),
      released: Number(row.released),
      spentLately: -Number(row.lately),
    };
  }
}
