import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { latelyDays } from '../../../config/policy/generations/credits.js';
import { Database } from '../../database/database.js';
import type { Caller } from '../../guards/route/caller.js';
import type { EntryKind } from './credits.repository.js';

export interface StoredEntry {
  readonly id: string;
  readonly kind: EntryKind;
  readonly balanceChange: number;
  readonly reservedChange: number;
  readonly generationId: string | null;
  /** Of the call of a language model. */
  readonly callId: string | null;
  readonly reason: string | null;
  readonly createdAt: Date;
}

export interface LedgerTotals {
  readonly granted: number;
  readonly adjusted: number;
  readonly spent: number;
  readonly released: number;
  readonly spentLately: number;
}

/** The ledger of credits, as its account reads it. */
@Injectable()
export class LedgerRepository {
  constructor(private readonly database: Database) {}

  /** Newest first, before `cursor`. */
  async entries(caller: Caller, limit: number, cursor: string | null): Promise<StoredEntry[]> {
    const rows = await this.database.query
      .selectFrom('credit_entries')
      .select([
        'id',
        'kind',
        'balance_change',
        'reserved_change',
        'generation_id',
        'call_id',
        'reason',
        'created_at',
      ])
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
      callId: row.call_id,
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
