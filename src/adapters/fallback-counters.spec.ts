import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Secret } from '../../config/values/secret.js';
import { toProblem } from '../errors/to-problem.js';
import { Counters, type Bucket, type Decision } from '../ports/counters.js';
import { FallbackCounters } from './fallback-counters.js';
import { MemoryCounters } from './memory/memory-counters.js';
import { PostgresCounters } from './postgres/postgres-counters.js';
import { PostgresDatabase } from './postgres/postgres-database.js';
import { RedisCounters } from './redis/redis-counters.js';
import { SystemClock } from './system/system.js';

/** A store that can be switched off, and counts how often it was asked. */
class Store extends Counters {
  asked = 0;
  gone = false;
  readonly memory = new MemoryCounters(new SystemClock());

  async take(buckets: readonly Bucket[]): Promise<Decision> {
    this.asked++;
    await Promise.resolve();
    if (this.gone) throw new Error('gone');
    return this.memory.take(buckets);
  }

  async giveBack(buckets: readonly Bucket[], receipt: string): Promise<void> {
    this.asked++;
    await Promise.resolve();
    if (this.gone) throw new Error('gone');
    this.memory.giveBack(buckets, receipt);
  }
}

const rule = (name: string, change: Partial<Bucket> = {}): Bucket => ({
  name,
  strategy: 'sliding_window',
  limit: 10,
  windowSeconds: 60,
  whenAway: 'share',
  ...change,
});

describe('counters with a fallback', () => {
  let shared: Store;
  let exact: Store;
  let own: Store;
  let changes: boolean[];
  let counters: FallbackCounters;
  beforeEach(() => {
    jest.useFakeTimers();
    [shared, exact, own] = [new Store(), new Store(), new Store()];
    changes = [];
    counters = new FallbackCounters({ shared, exact, own }, 4, () => undefined);
    counters.listen((up) => changes.push(up));
  });
  afterEach(() => {
    counters.close();
    jest.useRealTimers();
  });

  const passes = async (bucket: Bucket, tries = 20): Promise<number> => {
    const decisions = await Promise.all(Array.from({ length: tries }, async () => counters.take([bucket])));
    return decisions.filter(({ allowed }) => allowed).length;
  };
  const second = () => jest.advanceTimersByTimeAsync(1000);

  it('use only the shared counters while they answer', async () => {
    expect(await passes(rule('a'))).toBe(10);
    expect([shared.asked, exact.asked, own.asked, changes]).toEqual([20, 0, 0, []]);
  });

  it('count exact buckets in the database and the rest by share, rounded up and at least one', async () => {
    shared.gone = true;
    expect(await passes(rule('a', { whenAway: 'exact' }))).toBe(10);
    expect(await passes(rule('b'))).toBe(3);
    expect(await passes(rule('c', { limit: 1 }))).toBe(1);
    const mixed = await counters.take([rule('d'), rule('e', { whenAway: 'exact' })]);
    expect(mixed.verdicts.map(({ remaining }) => remaining)).toEqual([9, 9]);
    expect(exact.asked).toBe(21);
  });

  it('probe unavailable counters once a second for any number of requests, and report that once', async () => {
    shared.gone = true;
    await passes(rule('a'), 1);
    expect([shared.asked, changes]).toEqual([1, [false]]);
    for (let seconds = 0; seconds < 5; seconds++) {
      await passes(rule('a'), 100);
      await second();
    }
    expect([shared.asked, changes, counters.isUp()]).toEqual([6, [false], false]);
  });

  it('use the shared counters again by themselves, and report that once', async () => {
    shared.gone = true;
    await passes(rule('a'));
    expect([changes, counters.isUp()]).toEqual([[false], false]);
    shared.gone = false;
    await second();
    await second();
    expect([changes, counters.isUp()]).toEqual([[false, true], true]);
    const before = own.asked;
    expect(await passes(rule('a'))).toBe(10);
    expect(own.asked).toBe(before);
  });

  it('notify a new listener at once while they are unavailable', async () => {
    shared.gone = true;
    await counters.open();
    const heard: boolean[] = [];
    counters.listen((up) => heard.push(up));
    shared.gone = false;
    await second();
    expect(heard).toEqual([false, true]);
  });

  it('give a hit back to the store that took it', async () => {
    const bucket = rule('a', { limit: 4, whenAway: 'exact' });
    const [atShared] = [await counters.take([bucket])];
    shared.gone = true;
    const atExact = await counters.take([bucket]);
    const atOwn = await counters.take([rule('b', { limit: 4 })]);
    await counters.giveBack([bucket], atExact.receipt);
    await counters.giveBack([rule('b', { limit: 4 })], atOwn.receipt);
    expect([await passes(bucket), await passes(rule('b', { limit: 4 }))]).toEqual([4, 1]);
    // Away: no error, and nobody is asked.
    const asked = shared.asked;
    await counters.giveBack([bucket], atShared.receipt);
    expect(shared.asked).toBe(asked);
    shared.gone = false;
    await second();
    await counters.giveBack([bucket], atShared.receipt);
    expect(await passes(bucket)).toBe(4);
  });

  it('ignore an unavailable store when a hit is given back', async () => {
    const bucket = rule('a', { whenAway: 'exact' });
    const atShared = await counters.take([bucket]);
    shared.gone = true;
    await counters.giveBack([bucket], atShared.receipt);
    expect(changes).toEqual([false]);
    const atExact = await counters.take([bucket]);
    exact.gone = true;
    await counters.giveBack([bucket], atExact.receipt);
    await counters.giveBack([bucket], '');
  });

  it('fail closed for exact buckets when the database is unavailable too, and count the rest', async () => {
    [shared.gone, exact.gone] = [true, true];
    await expect(Promise.resolve(counters.take([rule('a', { whenAway: 'exact' })]))).rejects.toThrow('gone');
    expect(await passes(rule('b'))).toBe(3);
  });

  it('refuse with 503 at once with neither Redis nor database', async () => {
    jest.useRealTimers();
    const [redis, database] = [
      new RedisCounters(new Secret('redis://127.0.0.1:1'), () => undefined),
      new PostgresDatabase(new Secret('postgres://a:b@127.0.0.1:1/velro'), () => undefined),
    ];
    const stores = { shared: redis, exact: new PostgresCounters(database, () => undefined), own };
    const alone = new FallbackCounters(stores, 1, () => undefined);
    await redis.open();
    await alone.open();
    const refusal = await Promise.resolve(alone.take([rule('a', { whenAway: 'exact' })])).then(
      () => 'none',
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );
    // Its code is what the answer is made of; the error itself comes from outside of Jest's world.
    expect(refusal).toBe('ECONNREFUSED');
    const problem = toProblem(Object.assign(new Error('refused'), { code: refusal }));
    expect([problem.code, problem.status]).toEqual(['unavailable', 503]);
    expect((await alone.take([rule('b')])).allowed).toBe(true);
    alone.close();
    redis.close();
    await database.close();
  });
});
