import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import type { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import { PublicUrl } from '../../../ports/public-url.js';
import { WebhookEvents } from '../../webhooks/events/webhook-events.service.js';
import { BudgetRepository } from './budget.repository.js';

describe('the sums of budgets', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let budgets: BudgetRepository;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    budgets = new BudgetRepository(database, new WebhookEvents(new PublicUrl(null)));
  });
  afterAll(() => stage.stop());

  const periods = async (): Promise<string[]> => {
    const rows = await database.query.selectFrom('budget_sums').select('period').orderBy('period').execute();
    return rows.map(({ period }) => period);
  };

  it('of ended periods are deleted in batches, days and months each by their own age', async () => {
    for (const period of ['D2025-01-01', 'D2026-10-17', 'D2026-10-18', 'M2024-10', 'M2024-11', 'M2026-11'])
      await sql`insert into velro.budget_sums (scope, period, reserved_microusd, spent_microusd)
        values ('total:ai', ${period}, 0, 1)`.execute(database.query);
    expect(await budgets.purge('D2026-10-18', 'M2024-11', 2)).toBe(2);
    expect(await budgets.purge('D2026-10-18', 'M2024-11', 2)).toBe(1);
    expect(await budgets.purge('D2026-10-18', 'M2024-11', 2)).toBe(0);
    expect(await periods()).toEqual(['D2026-10-18', 'M2024-11', 'M2026-11']);
  });

  it('are alerted of once for each share, and of none that is lower', async () => {
    const claim = (share: number) => budgets.claimAlert('total:ai', 'M2026-11', share);
    const together = await Promise.all([claim(500), claim(500), claim(500)]);
    expect(together.filter(Boolean)).toHaveLength(1);
    expect([await claim(400), await claim(1000), await claim(800)]).toEqual([false, true, false]);
  });
});
