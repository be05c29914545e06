import { setAiSwitch } from '../support/models/ai-switch.js';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { Secret } from '../../config/values/secret.js';
import type { PostgresDatabase } from '../../src/adapters/postgres/postgres-database.js';
import { verifyCredits, type Fault } from '../../src/cli/credits-verify/verify-credits.js';
import {
  AiCallsRepository,
  type Reservation,
} from '../../src/features/assistants/gateway/ai-calls.repository.js';
import { neverAsked } from '../../src/features/assistants/gateway/call-settlement.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';
import { until } from '../support/process/wait-until.js';

const day = 'D2026-11-27';
const total = { scope: 'total:ai', period: day, cap: null };

describe('credits of answers', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let calls: AiCallsRepository;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
  });
  afterAll(() => stage.stop());
  beforeEach(async () => {
    await stage.asOwner(
      'truncate velro.users, velro.ai_calls, velro.usage_days, velro.budget_sums, velro.key_credits cascade',
    );
    await setAiSwitch(database.query, true);
    calls = new AiCallsRepository(database);
  });
  afterEach(async () => {
    const faults: Fault[] = [];
    await verifyCredits(new Secret(stage.appUrl), (fault) => faults.push(fault));
    expect(faults).toEqual([]);
  });

  const person = async (balance: number, id: string = randomUUID()): Promise<string> => {
    await sql`insert into velro.users (id, email, credits_balance) values (${id}, ${`${id}@example.com`}, ${balance})`.execute(
      database.query,
    );
    await sql`insert into velro.credit_entries (user_id, kind, balance_change, reserved_change)
      values (${id}, 'grant', ${balance}, 0)`.execute(database.query);
    return id;
  };
  /** An API key with a cap of credits a month. */
  const keyOf = async (userId: string, cap: number | null): Promise<string> => {
    const id = randomUUID();
    await stage.asOwner(`insert into velro.api_keys (id, user_id, name, prefix, hash, scopes, expires_at, monthly_credits)
      values ('${id}', '${userId}', 'k', 'velro_12345678', sha256('${id}'), '{openai}', now() + interval '1 day', ${cap})`);
    return id;
  };
  const reservationOf = (more: Partial<Reservation>): Reservation => ({
    id: randomUUID(),
    purpose: 'chat',
    userId: null,
    keyId: null,
    visitorId: null,
    agentId: null,
    provider: 'gemini',
    model: 'gemini-2.5-flash-lite',
    reserved: 10,
    credits: 3,
    consent: null,
    expiresMs: 60_000,
    sums: [total],
    ...more,
  });
  const settle = (id: string, isShown: boolean, by = calls): Promise<boolean> =>
    by.settle({ ...neverAsked, id, outcome: isShown ? 'answered' : 'ai_error', cost: 7, isShown });

  /** What can be spent and what is held. */
  const figures = async (id: string): Promise<[number, number]> => {
    const row = await database.query
      .selectFrom('users')
      .select(['credits_balance', 'credits_reserved'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return [Number(row.credits_balance), Number(row.credits_reserved)];
  };
  /** The entries of a call, as their kind and what they move. */
  const entriesOf = async (callId: string): Promise<string[]> => {
    const rows = await database.query
      .selectFrom('credit_entries')
      .selectAll()
      .where('call_id', '=', callId)
      .orderBy('id')
      .execute();
    return rows.map((row) => `${row.kind} ${row.balance_change} ${row.reserved_change}`);
  };
  const usedByKey = async (): Promise<number> => {
    const { rows } = await sql<{ used: string }>`
      select coalesce(sum(credits), 0) as used from velro.key_credits`.execute(database.query);
    return Number(rows[0]?.used);
  };
  const chargedByDay = async (): Promise<number> => {
    const { rows } = await sql<{ used: string }>`
      select coalesce(sum(credits), 0) as used from velro.usage_days`.execute(database.query);
    return Number(rows[0]?.used);
  };
  /** Everything that a reservation could have changed. */
  const everything = async (): Promise<unknown> => {
    const { rows } = await sql`select
      (select jsonb_agg(u order by id) from velro.users u) as users,
      (select jsonb_agg(e order by id) from velro.credit_entries e) as entries,
      (select jsonb_agg(k) from velro.key_credits k) as key_credits,
      (select jsonb_agg(a) from velro.ai_calls a) as calls,
      (select jsonb_agg(b order by scope) from velro.budget_sums b where reserved_microusd + spent_microusd > 0) as sums`.execute(
      database.query,
    );
    return rows;
  };

  it('are held for exactly as many calls as the balance pays, of four hundred at once on four instances', async () => {
    const ada = await person(21);
    const instances = Array.from({ length: 4 }, () => new AiCallsRepository(stage.connect()));
    const all = Array.from({ length: 400 }, () => reservationOf({ userId: ada }));
    const refusals = await Promise.all(all.map((call, at) => (instances[at % 4] ?? calls).reserve(call)));
    const held = all.filter((_, at) => refusals[at] === null);
    expect(held).toHaveLength(7);
    expect(new Set(refusals)).toEqual(new Set([null, 'credits_insufficient']));
    expect(await figures(ada)).toEqual([0, 21]);
    // Each is settled by three instances at once, the first four as shown.
    const settled = await Promise.all(
      held.flatMap(({ id }, at) => instances.slice(1).map((by) => settle(id, at < 4, by))),
    );
    expect(settled.filter(Boolean)).toHaveLength(7);
    expect([await figures(ada), await chargedByDay()]).toEqual([[9, 0], 12]);
    const entries = await Promise.all(held.map(({ id }) => entriesOf(id)));
    const [kept, returned] = [
      ['reserve -3 3', 'commit 0 -3'],
      ['reserve -3 3', 'release 3 -3'],
    ];
    expect(entries).toEqual([kept, kept, kept, kept, returned, returned, returned]);
  });

  it.each([
    ['of an answer that was shown are kept', true, ['reserve -3 3', 'commit 0 -3'], [7, 0], 3],
    ['of an answer that was not shown are given back', false, ['reserve -3 3', 'release 3 -3'], [10, 0], 0],
    ['of a lost call are given back', null, ['reserve -3 3', 'release 3 -3'], [10, 0], 0],
  ] as const)('%s, once, also to the cap of the API key', async (_, isShown, entries, balance, used) => {
    const ada = await person(10);
    const call = reservationOf({ userId: ada, keyId: await keyOf(ada, 5) });
    expect(await calls.reserve(call)).toBeNull();
    expect([await figures(ada), await usedByKey()]).toEqual([[7, 3], 3]);
    const end = () => (isShown === null ? calls.settleLost(call.id) : settle(call.id, isShown));
    expect([await end(), await end(), await settle(call.id, true)]).toEqual([true, false, false]);
    expect([await entriesOf(call.id), await figures(ada)]).toEqual([entries, balance]);
    expect([await usedByKey(), await chargedByDay()]).toEqual([used, used]);
  });

  it.each([
    ['the balance', 2, 100, {}, 'credits_insufficient'],
    ['an account that is gone', 9, null, { userId: randomUUID() }, 'credits_insufficient'],
    ['the cap of the API key', 9, 2, {}, 'key_credits_exceeded'],
    [
      'a budget behind them',
      9,
      100,
      { sums: [{ scope: 'person:ada', period: day, cap: 9 }, total] },
      `person:ada ${day}`,
    ],
  ] as const)(
    'that %s does not hold change nothing, alone and beside others',
    async (_, balance, cap, more, why) => {
      const ada = await person(balance);
      const keyId = cap === null ? null : await keyOf(ada, cap);
      const refused = () => reservationOf({ userId: ada, keyId, ...more });
      const before = await everything();
      expect(await calls.reserve(refused())).toBe(why);
      expect(await everything()).toEqual(before);
      const eve = await person(100);
      // The first goes alone; the others go together behind it.
      const beside = [reservationOf({ userId: eve }), refused(), reservationOf({ userId: eve }), refused()];
      expect(await Promise.all(beside.map((one) => calls.reserve(one)))).toEqual([null, why, null, why]);
      expect([await figures(ada), await usedByKey()]).toEqual([[balance, 0], 0]);
      expect(await figures(eve)).toEqual([94, 6]);
    },
  );

  it('of an account that is deleted while it is answered are settled with nobody, and its budgets are free', async () => {
    const [ada, eve] = [await person(10), await person(10)];
    const all = [ada, eve, eve].map((userId) => reservationOf({ userId }));
    await Promise.all(all.map((call) => calls.reserve(call)));
    await stage.asOwner(`delete from velro.users where id = '${ada}'`);
    expect(await Promise.all(all.map(({ id }, at) => settle(id, at === 1)))).toEqual([true, true, true]);
    expect(await figures(eve)).toEqual([7, 0]);
    const sum = await database.query.selectFrom('budget_sums').selectAll().executeTakeFirst();
    expect([sum?.reserved_microusd, sum?.spent_microusd]).toEqual(['0', '21']);
  });

  describe('and the rows of accounts', () => {
    /** Runs `work` while another transaction holds the row of an account. */
    const whileHeld = async (id: string, work: (release: () => void) => Promise<void>): Promise<void> => {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      let isHeld = false;
      const holding = stage.connect().transaction(async (tx) => {
        await tx.selectFrom('users').select('id').where('id', '=', id).forNoKeyUpdate().execute();
        isHeld = true;
        await released;
      });
      await until(() => isHeld, 'the lock');
      try {
        await work(release);
      } finally {
        release();
        await holding;
      }
    };
    const isWaiting = async (): Promise<boolean> => {
      const { rows } = await sql`select from pg_stat_activity where wait_event_type = 'Lock'`.execute(
        database.query,
      );
      return rows.length > 0;
    };

    it('are not locked by answers that cost none, alone and beside others that do', async () => {
      const [ada, eve] = [await person(10), await person(10)];
      const free = () => reservationOf({ userId: ada, credits: 0 });
      await whileHeld(ada, async () => {
        const all = [free(), reservationOf({ userId: eve }), free(), reservationOf({ userId: eve })];
        expect(await Promise.all(all.map((one) => calls.reserve(one)))).toEqual([null, null, null, null]);
        expect(await Promise.all(all.map(({ id }) => settle(id, true)))).toEqual([true, true, true, true]);
        expect([await figures(ada), await figures(eve)]).toEqual([
          [10, 0],
          [4, 0],
        ]);
      });
      const entries = await database.query
        .selectFrom('credit_entries')
        .select('id')
        .where('user_id', '=', ada)
        .execute();
      expect(entries).toHaveLength(1);
    });

    it('come before the sums: a call that waits for an account keeps nobody else', async () => {
      const [ada, eve] = [await person(10), await person(10)];
      const [first, second] = [
        new AiCallsRepository(stage.connect()),
        new AiCallsRepository(stage.connect()),
      ];
      const waiting = [eve, ada, ada].map((userId) => reservationOf({ userId }));
      await whileHeld(ada, async (release) => {
        const reserving = waiting.map((one) => first.reserve(one));
        await until(isWaiting, 'a call that waits');
        const other = reservationOf({ userId: await person(5) });
        expect([await second.reserve(other), await settle(other.id, true, second)]).toEqual([null, true]);
        release();
        expect(await Promise.all(reserving)).toEqual([null, null, null]);
      });
      await whileHeld(ada, async (release) => {
        const settling = waiting.map(({ id }) => settle(id, true, first));
        await until(isWaiting, 'a settlement that waits');
        const other = reservationOf({ userId: await person(5) });
        expect([await second.reserve(other), await settle(other.id, true, second)]).toEqual([null, true]);
        release();
        expect(await Promise.all(settling)).toEqual([true, true, true]);
      });
    });
  });

  it('of several people in any order, from several instances and beside generations, wait in no circle', async () => {
    const instances = Array.from({ length: 4 }, () => new AiCallsRepository(stage.connect()));
    const people = await Promise.all(Array.from({ length: 8 }, () => person(10_000)));
    const keys = await Promise.all(people.map((id) => keyOf(id, null)));
    const at = <T>(list: readonly T[], place: number): T => {
      const one = list[place % list.length];
      if (one === undefined) throw new Error('an empty list');
      return one;
    };
    const reservations = Array.from({ length: 320 }, (_, place) => {
      const who = (place * 5 + (place % 3)) % people.length;
      return reservationOf({
        userId: at(people, who),
        keyId: at(keys, who),
        credits: place % 4 === 0 ? 0 : 3,
        sums: [{ scope: `key:${at(keys, who)}`, period: day, cap: null }, total],
      });
    });
    /** The locks of a generation that ends: its account, the credits of its key, then sums. */
    const generation = (place: number): Promise<void> =>
      at(databases, place).transaction(async (tx) => {
        const month = "to_char(now() at time zone 'UTC', '\"M\"YYYY-MM')";
        const sums = [{ scope: `key:${at(keys, place)}`, period: day, cap: null }, total];
        await tx
          .selectFrom('users')
          .select('id')
          .where('id', '=', at(people, place))
          .forNoKeyUpdate()
          .execute();
        await sql`select velro.hold_key_credits(${at(keys, place)}::uuid, ${sql.raw(month)}, 0)`.execute(tx);
        await sql`select velro.hold_sums(${JSON.stringify(sums)}::jsonb, 0)`.execute(tx);
      });
    const databases = [stage.connect(), stage.connect()];
    const generations = Array.from({ length: 80 }, (_, place) => generation(place * 3));
    const done = await Promise.all(
      reservations.map(async (reservation, place) => {
        const refusal = await at(instances, place).reserve(reservation);
        return `${refusal} ${await settle(reservation.id, place % 2 === 0, at(instances, place + 1))}`;
      }),
    );
    await Promise.all(generations);
    expect(new Set(done)).toEqual(new Set(['null true']));
    const charged = 3 * reservations.filter(({ credits }, place) => credits > 0 && place % 2 === 0).length;
    const left = await Promise.all(people.map(figures));
    expect(left.reduce((sum, [balance]) => sum + balance, 0)).toBe(80_000 - charged);
    expect([await usedByKey(), await chargedByDay()]).toEqual([charged, charged]);
  });
});
