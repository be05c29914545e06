import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';

/** Micro-dollars. */
export interface BudgetSum {
  readonly scope: string;
  readonly period: string;
  readonly spent: number;
  readonly reserved: number;
  /** The highest share, in thousandths, that was alerted of. */
  readonly alertedShare: number;
}

@Injectable()
export class BudgetRepository {
  constructor(private readonly database: Database) {}

  /** The sums of these scopes in these periods, as far as there are any. */
  async read(scopes: readonly string[], periods: readonly string[]): Promise<readonly BudgetSum[]> {
    const rows = await this.database.query
      .selectFrom('budget_sums')
      .select(['scope', 'period', 'spent_microusd', 'reserved_microusd', 'alerted_share'])
      .where('scope', 'in', [...scopes])
      .where('period', 'in', [...periods])
      .execute();
    return rows.map((row) => ({
      scope: row.scope,
      period: row.period,
      spent: Number(row.spent_microusd),
      reserved: Number(row.reserved_microusd),
      alertedShare: row.alerted_share,
    }));
  }

  /** True for the one instance that may alert of this share: nobody has alerted of it, or of a higher one, yet. */
  async claimAlert(scope: string, period: string, share: number): Promise<boolean> {
    // A budget of nothing has no sum yet when something is refused for it.
    const { numInsertedOrUpdatedRows = 0n } = await this.database.query
      .insertInto('budget_sums')
      .values({ scope, period, reserved_microusd: 0, spent_microusd: 0, alerted_share: share })
      .onConflict((conflict) =>
        conflict
          .columns(['scope', 'period'])
          .doUpdateSet({ alerted_share: share })
          .where('budget_sums.alerted_share', '<', share),
      )
      .executeTakeFirst();
    return numInsertedOrUpdatedRows > 0n;
  }

  /** Deletes sums of days before `day` and months before `month`; returns how many. */
  async purge(day: string, month: string, atMost: number): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('budget_sums')
      .where((where) =>
        where(
          where.refTuple('scope', 'period'),
          'in',
          where
            .selectFrom('budget_sums')
            .select(['scope', 'period'])
            .where((old) =>
              old.or([
                old.and([old('period', '>=', 'D'), old('period', '<', day)]),
                old.and([old('period', '>=', 'M'), old('period', '<', month)]),
              ]),
            )
            .limit(atMost)
            .$asTuple('scope', 'period'),
        ),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
