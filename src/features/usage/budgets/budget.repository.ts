import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { WebhookEvents } from '../../webhooks/events/webhook-events.service.js';

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
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookEvents,
  ) {}

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

  /**
   * True for the one instance that may alert of this share: nobody has alerted of it, or of a higher one, yet. Its webhook is stored by
   * the same statement.
   */
  async claimAlert(scope: string, period: string, share: number): Promise<boolean> {
    // A budget of nothing has no sum yet when something is refused for it.
    const told = this.webhooks.ofService({
      type: 'budget.reached',
      facts: { id: scope, period, share: share / 1000 },
      path: '/admin/budgets',
      counted: `${scope} ${period}`,
    });
    const rows = await this.database.query
      .insertInto('budget_sums')
      .values({ scope, period, reserved_microusd: 0, spent_microusd: 0, alerted_share: share })
      .onConflict((conflict) =>
        conflict
          .columns(['scope', 'period'])
          .doUpdateSet({ alerted_share: share })
          .where('budget_sums.alerted_share', '<', share),
      )
      .returning(told.as('webhooks'))
      .execute();
    return rows.length > 0;
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
