import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Config } from '../../config/config.js';
import { monthlyCreditsPolicy } from '../../config/policy/generations/credits.js';
import type { PostgresDatabase } from '../../src/adapters/postgres/postgres-database.js';
import { CreditsRepository } from '../../src/features/credits/credits.repository.js';
import { MonthlyCredits } from '../../src/features/credits/monthly-credits.js';
import { UsageRepository } from '../../src/features/usage/usage.repository.js';
import { UsageRises } from '../../src/features/usage/usage-rises.js';
import { WebhookEvents } from '../../src/features/webhooks/events/webhook-events.service.js';
import { Log } from '../../src/observability/log.js';
import { SecurityEvents, type SecurityEvent } from '../../src/observability/security-events.js';
import { PublicUrl } from '../../src/ports/public-url.js';
import { HandClock } from '../support/clock/hand-clock.js';
import { auditLogOf } from '../support/database/audit-log.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';

const never = new AbortController().signal;

describe('by the database', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let clock: HandClock;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
  });
  afterAll(() => stage.stop());
  beforeEach(async () => {
    clock = new HandClock(Date.parse('2026-11-27T10:00:00Z'));
    await stage.asOwner(
      'truncate velro.users, velro.usage_days, velro.usage_rises, velro.webhook_endpoints cascade',
    );
  });

  describe('unusual use', () => {
    let told: SecurityEvent[];
    const rises = (usage = new UsageRepository(database)): UsageRises => {
      const events = new SecurityEvents(Log.silent());
      events.listen((event) => told.push(event));
      return new UsageRises(usage, events, clock, Log.silent());
    };
    beforeEach(() => {
      told = [];
    });
    const use = async (userId: string, day: string, cost: number, credits = 0): Promise<void> => {
      await sql`insert into velro.usage_days
        (day, user_id, model, calls, estimated_calls, prompt_tokens, cached_tokens, output_tokens, thought_tokens, cost_microusd, credits)
        values (${day}::date, ${userId}, ${randomUUID()}, 1, 0, 0, 0, 0, 0, ${cost}, ${credits})`.execute(
        database.query,
      );
    };
    const usual = async (userId: string, cost: number, credits = 0): Promise<void> => {
      for (const day of ['2026-11-20', '2026-11-22', '2026-11-25']) await use(userId, day, cost, credits);
    };

    it('of three times the usual day is told once, by whichever instance', async () => {
      const ada = randomUUID();
      await usual(ada, 100_000);
      await use(ada, '2026-11-27', 200_000);
      await use(ada, '2026-11-27', 100_000);
      const instances = [rises(), rises(), rises()];
      for (const one of instances) one.noteUse(ada);
      await Promise.all(instances.map((one) => one.run(never)));
      expect(told).toEqual([
        expect.objectContaining({
          level: 'MEDIUM',
          text: 'USAGE unusual rise',
          userId: ada,
          details: { day: '2026-11-27', credits: 0, cost_microusd: 300_000 },
        }),
      ]);
      instances[0]?.noteUse(ada);
      await instances[0]?.run(never);
      expect(told).toHaveLength(1);
    });

    it('is told of credits too, and of each day anew', async () => {
      const ada = randomUUID();
      await usual(ada, 0, 100);
      await use(ada, '2026-11-27', 0, 301);
      const one = rises();
      one.noteUse(ada);
      await one.run(never);
      clock.time += 24 * 3_600_000;
      await use(ada, '2026-11-28', 0, 1000);
      one.noteUse(ada);
      await one.run(never);
      expect(told.map(({ details }) => details?.['day'])).toEqual(['2026-11-27', '2026-11-28']);
    });

    it.each([
      ['less than three times', 299_999, 100_000],
      ['a day that is cheap all the same', 99_999, 1],
    ])('is not %s', async (_, today, before) => {
      const ada = randomUUID();
      await usual(ada, before);
      await use(ada, '2026-11-27', today);
      const one = rises();
      one.noteUse(ada);
      await one.run(never);
      expect(told).toEqual([]);
    });

    it('is not the first days of somebody, nor what is a month ago', async () => {
      const [ada, eve] = [randomUUID(), randomUUID()];
      await use(ada, '2026-11-25', 1);
      await use(ada, '2026-11-26', 1);
      for (const day of ['2026-10-01', '2026-10-02', '2026-10-03']) await use(eve, day, 1);
      for (const who of [ada, eve]) await use(who, '2026-11-27', 10_000_000);
      const one = rises();
      one.noteUse(ada);
      one.noteUse(eve);
      await one.run(never);
      expect(told).toEqual([]);
    });

    it('is looked for among as many people as the bound, and no more', async () => {
      const repository = new UsageRepository(database);
      const claim = repository.claimRises.bind(repository);
      let statements = 0;
      repository.claimRises = (ids, day, bounds) => {
        statements++;
        expect(ids.length).toBeLessThanOrEqual(500);
        return claim(ids, day, bounds);
      };
      const one = rises(repository);
      for (let at = 0; at < 12_000; at++) one.noteUse(randomUUID());
      await one.run(never);
      expect(statements).toBe(20);
    });
  });

  describe('monthly credits', () => {
    const webhooks = new WebhookEvents(new PublicUrl('https://velro.example.com'));
    const monthly = (amount: number): MonthlyCredits =>
      new MonthlyCredits(
        { monthlyCredits: amount } as Config,
        new CreditsRepository(stage.connect(), webhooks, auditLogOf(stage.connect()).trail),
        clock,
        Log.silent(),
      );
    const people = async (count: number, month: string): Promise<void> => {
      await sql`insert into velro.users (id, email, granted_month)
        select gen_random_uuid(), 'p' || n || '@example.com', ${month} from generate_series(1, ${count}) n`.execute(
        database.query,
      );
    };
    const balances = async (): Promise<Record<string, number>> => {
      const { rows } = await sql<{ balance: string; people: string }>`
        select credits_balance as balance, count(*) as people from velro.users group by 1 order by 1`.execute(
        database.query,
      );
      return Object.fromEntries(rows.map((row) => [row.balance, Number(row.people)]));
    };
    const entries = async (): Promise<number> => {
      const { rows } = await sql<{ count: string }>`
        select count(*) from velro.credit_entries where kind = 'grant' and reason = 'Monthly credits of 2026-11'`.execute(
        database.query,
      );
      return Number(rows[0]?.count);
    };

    it('are given once a month to each account, by two instances at once', async () => {
      await people(1200, '2026-10');
      await Promise.all([monthly(30).run(never), monthly(30).run(never)]);
      await monthly(30).run(never);
      expect(await balances()).toEqual({ '30': 1200 });
      expect(await entries()).toBe(1200);
      clock.time += 31 * 24 * 3_600_000;
      await monthly(30).run(never);
      expect(await balances()).toEqual({ '60': 1200 });
    });

    it('are not given to accounts that began this month, nor to disabled ones until they are enabled', async () => {
      await people(3, '2026-11');
      await people(2, '2026-10');
      await stage.asOwner(`update velro.users set disabled_at = now()
        where id = (select id from velro.users where granted_month = '2026-10' limit 1)`);
      await monthly(30).run(never);
      expect(await balances()).toEqual({ '0': 4, '30': 1 });
      await stage.asOwner('update velro.users set disabled_at = null');
      await monthly(30).run(never);
      expect(await balances()).toEqual({ '0': 3, '30': 2 });
      expect(await entries()).toBe(2);
    });

    it('are told to endpoints of their account and to those of the service, by the statement that gives them', async () => {
      await people(600, '2026-10');
      const [own, ofAll] = [randomUUID(), randomUUID()];
      await sql`insert into velro.webhook_endpoints (id, user_id, url, event_types, secret_sealed)
        select ${own}::uuid, (select id from velro.users where email = 'p1@example.com'), 'https://hooks.example.com/', '{credits.granted}'::text[], ''::bytea
        union all select ${ofAll}::uuid, null, 'https://hooks.example.com/', '{credits.granted}', ''`.execute(
        database.query,
      );
      const repository = new CreditsRepository(database, webhooks, auditLogOf(database).trail);
      const grant = repository.grantMonth.bind(repository);
      const given: number[] = [];
      repository.grantMonth = async (...of) => {
        given.push(await grant(...of));
        return given.at(-1) ?? 0;
      };
      await new MonthlyCredits({ monthlyCredits: 5 } as Config, repository, clock, Log.silent()).run(never);
      expect(given.reduce((sum, one) => sum + one, 0)).toBe(600);
      expect(Math.max(...given)).toBe(monthlyCreditsPolicy.batch);
      const { rows } = await sql<{ endpoint_id: string; accounts: string; data: Record<string, unknown> }>`
        select endpoint_id, count(distinct body::jsonb -> 'data' ->> 'id') as accounts,
          (jsonb_agg(body::jsonb -> 'data') -> 0) - 'id' - 'user_id' - 'link' as data
        from velro.webhook_deliveries group by 1`.execute(database.query);
      const data = { status: 'monthly', sequence: 1 };
      expect(new Map(rows.map((row) => [row.endpoint_id, [Number(row.accounts), row.data]]))).toEqual(
        new Map([
          [own, [1, data]],
          [ofAll, [600, data]],
        ]),
      );
    });

    it('that are interrupted between two batches are given to the others by the next run', async () => {
      const { batch } = monthlyCreditsPolicy;
      await people(batch + 20, '2026-10');
      const stop = new AbortController();
      const repository = new CreditsRepository(database, webhooks, auditLogOf(database).trail);
      const grant = repository.grantMonth.bind(repository);
      repository.grantMonth = (...of) => {
        stop.abort();
        return grant(...of);
      };
      await new MonthlyCredits({ monthlyCredits: 5 } as Config, repository, clock, Log.silent()).run(
        stop.signal,
      );
      expect(await balances()).toEqual({ '0': 20, '5': batch });
      await monthly(5).run(never);
      expect(await balances()).toEqual({ '5': batch + 20 });
    });
  });
});
