import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { Secret } from '../../config/values/secret.js';
import { PostgresCounters } from '../../src/adapters/postgres/postgres-counters.js';
import { RedisCounters } from '../../src/adapters/redis/redis-counters.js';
import type { Bucket, Counters, Decision } from '../../src/ports/counters.js';
import { bucket, overAdmitted, type Admission } from '../contracts/counters.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';
import { hasRedis, RedisServer } from '../support/process/redis-server.js';

const four = [0, 1, 2, 3];
/** How long they press: edges of so many windows of a second. */
const pressedMs = 3000;

/** What holds for four instances that count in one place. */
function fourInstances(instances: readonly Counters[]): void {
  const at = (index: number): Counters => instances[index % 4] ?? instances[0] ?? fail();
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(['sliding_window', 'token_bucket'] as const)(
    'let nobody through beyond the limit of a %s around its edges, though their clocks jump about by hours',
    async (strategy) => {
      const real = Date.now.bind(Date);
      jest.spyOn(Date, 'now').mockImplementation(() => real() + Math.round((Math.random() - 0.5) * 7.2e6));
      const one = bucket({ strategy, limit: 6, windowSeconds: 1 });
      const admitted: Admission[] = [];
      const start = performance.now();
      const hammer = async (index: number): Promise<void> => {
        // Each begins a little later, and all of them press hardest where a window ends.
        await sleep(index * 7);
        while (performance.now() - start < pressedMs) {
          const from = performance.now();
          if ((await at(index).take([one])).allowed) admitted.push({ from, until: performance.now() });
          const intoWindow = (performance.now() - start) % 1000;
          await sleep(intoWindow > 100 && intoWindow < 850 ? 20 + Math.random() * 30 : 0);
        }
      };
      await Promise.all([...four, ...four].map(hammer));
      if (strategy === 'sliding_window') expect(overAdmitted(admitted, 6, 1000)).toBe(0);
      for (const [count, { until }] of admitted.toSorted((a, b) => a.until - b.until).entries())
        expect(count + 1).toBeLessThanOrEqual(
          6 +
            Math.floor((until - start) / (strategy === 'token_bucket' ? 1000 / 6 : 1000)) *
              (strategy === 'token_bucket' ? 1 : 6),
        );
      // Nor fewer than they may, by much.
      expect(admitted.length).toBeGreaterThanOrEqual((6 * pressedMs * 0.9) / 1000 - 1);
    },
  );

  it('decide exactly for overlapping buckets, in any order', async () => {
    const [a, b, c] = [12, 30, 60].map((limit) => bucket({ limit, windowSeconds: 60 })) as [
      Bucket,
      Bucket,
      Bucket,
    ];
    const orders = [
      [a, b, c],
      [c, b, a],
      [b, a],
      [a, c],
      [c, a, b],
    ];
    const decisions: { buckets: readonly Bucket[]; decision: Decision }[] = [];
    // Ten for each instance at a time: what waits longer than a second for a connection is an error, also on a busy machine.
    for (let batch = 0; batch < 5; batch++)
      decisions.push(
        ...(await Promise.all(
          Array.from({ length: 40 }, async (_, index) => {
            const buckets = orders[index % orders.length] ?? [];
            return { buckets, decision: await at(index).take(buckets) };
          }),
        )),
      );
    const passed = decisions.filter(({ decision }) => decision.allowed);
    expect(passed).toHaveLength(12);
    for (const one of [a, b, c]) {
      const taken = passed.filter(({ buckets }) => buckets.includes(one)).length;
      const { verdicts } = await at(0).take([{ ...one, limit: 100 }]);
      expect(verdicts[0]?.remaining).toBe(99 - taken);
    }
  });

  it('give back on one a hit that another took', async () => {
    const one = bucket({ limit: 1, windowSeconds: 60 });
    const { receipt } = await at(0).take([one]);
    await Promise.all(four.map(async (index) => at(index).giveBack([one], receipt)));
    const decisions = await Promise.all(four.map(async (index) => at(index).take([one])));
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(1);
  });
}

const fail = (): never => {
  throw new Error('there is none');
};

(hasRedis ? describe : describe.skip)('four instances that count in Redis', () => {
  let server: RedisServer;
  const instances: RedisCounters[] = [];
  beforeAll(async () => {
    server = await RedisServer.start();
    for (const _ of four) instances.push(new RedisCounters(new Secret(server.url), () => undefined));
    await Promise.all(instances.map((one) => one.open()));
  });
  afterAll(async () => {
    for (const one of instances) one.close();
    await server.stop();
  });
  fourInstances(instances);

  it('keep no more hits of a bucket than its limit, under a hashed name, and not longer than its window', async () => {
    await server.ask((redis) => redis.flushall());
    const one = bucket({ name: 'auth_login:somebody@example.com', limit: 3, windowSeconds: 2 });
    const tokens = bucket({ ...one, strategy: 'token_bucket' });
    for (let hit = 0; hit < 50; hit++) await instances[hit % 4]?.take([hit % 2 === 0 ? one : tokens]);
    const keys = await server.ask((redis) => redis.keys('*'));
    expect(keys).toEqual([
      expect.stringMatching(/^velro:count:\{[\w-]{43}\}$/),
      expect.stringMatching(/^velro:count:/),
    ]);
    for (const key of keys) {
      const [size, life] = await server.ask((redis) => Promise.all([redis.zcard(key), redis.pttl(key)]));
      expect(size).toBeLessThanOrEqual(4);
      expect(life).toBeGreaterThan(0);
      expect(life).toBeLessThanOrEqual(2001);
    }
    await sleep(2100);
    expect(await server.ask((redis) => redis.dbsize())).toBe(0);
  });

  it('keep counting after the server has lost their script', async () => {
    const one = bucket({ limit: 2, windowSeconds: 60 });
    await instances[0]?.take([one]);
    await server.ask((redis) => redis.script('FLUSH'));
    const { receipt } = (await instances[1]?.take([one])) ?? { receipt: '' };
    await server.ask((redis) => redis.script('FLUSH'));
    await instances[2]?.giveBack([one], receipt);
    expect((await instances[3]?.take([one]))?.verdicts[0]?.remaining).toBe(0);
  });
});

describe('four instances that count in the database', () => {
  let database: MigratedDatabase;
  const instances: PostgresCounters[] = [];
  beforeAll(async () => {
    database = await MigratedDatabase.start();
    for (const _ of four) instances.push(new PostgresCounters(database.connect(), () => undefined));
  });
  afterAll(async () => {
    await database.stop();
  });
  fourInstances(instances);

  it('remove expired hits and nothing else', async () => {
    const { query } = database.connect();
    const [short, long] = [bucket({ windowSeconds: 1 }), bucket({ windowSeconds: 60 })];
    await query.deleteFrom('counter_hits').execute();
    for (let hit = 0; hit < 3; hit++) await instances[hit]?.take([short, long]);
    await sleep(1100);
    await Promise.all(instances.map((one) => one.purge(new AbortController().signal)));
    const rows = await query
      .selectFrom('counter_hits')
      .select(sql<number>`count(*)::int`.as('count'))
      .execute();
    expect(rows).toEqual([{ count: 3 }]);
    expect((await instances[0]?.take([long]))?.allowed).toBe(false);
  });
});
