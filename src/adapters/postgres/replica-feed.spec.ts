import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { databaseLimits } from '../../../config/policy/operations/database.js';
import { feedPolicy, revocationPolicy } from '../../../config/policy/operations/feed.js';
import { until } from '../../../test/support/process/wait-until.js';
import { ReplicaFeed } from './replica-feed.js';
import type { Changes, RevocationRow } from './revocations-table.js';

type Page = readonly (RevocationRow & { readonly id: string })[];
type Statement = 'snapshot' | 'page' | 'since';

const changes: Changes = {
  rows: [],
  snapshot: 'later',
  isCut: false,
  isOlder: false,
  cut: { isClosed: false, notBefore: 0 },
};

/** A table whose answers are given by hand, each kind of statement in the order in which it was asked. */
class HandTable {
  private readonly waiting: { statement: Statement; answer: (value: never) => void }[] = [];

  snapshot(): Promise<string> {
    return this.ask('snapshot');
  }

  page(): Promise<Page> {
    return this.ask('page');
  }

  since(): Promise<Changes> {
    return this.ask('since');
  }

  hasBeenAsked(statement: Statement): boolean {
    return this.waiting.some((one) => one.statement === statement);
  }

  /** Answers the oldest statement of this kind, and lets whoever asked go on. */
  async answer(statement: Statement, value: string | Page | Changes): Promise<void> {
    await until(() => this.hasBeenAsked(statement), `a statement: ${statement}`);
    const at = this.waiting.findIndex((one) => one.statement === statement);
    const [asked] = this.waiting.splice(at, 1);
    asked?.answer(value as never);
    await new Promise((resolve) => setImmediate(resolve));
  }

  private ask<T>(statement: Statement): Promise<T> {
    return new Promise<T>((resolve) => this.waiting.push({ statement, answer: resolve }));
  }
}

/** Of an empty table, which has answered its first look. */
async function loaded(): Promise<{ readonly table: HandTable; readonly feed: ReplicaFeed }> {
  const table = new HandTable();
  const feed = new ReplicaFeed(table, 10, () => undefined);
  feed.onConnect();
  await table.answer('snapshot', 'first');
  await table.answer('page', []);
  await table.answer('since', changes);
  await until(() => feed.replica !== null, 'the first replica');
  return { table, feed };
}

describe('the replica of the revocations', () => {
  it('is complete up to the heartbeat before a hint until a look has ended that began after it', async () => {
    const { table, feed } = await loaded();
    expect(feed.completeUntil).toBe(Infinity);
    const before = performance.now();
    void feed.onHint(before - 500);
    void feed.onHint(before - 100);
    expect(feed.completeUntil).toBe(before - 500);
    await until(() => table.hasBeenAsked('since'), 'the look');
    const followed = feed.onHint(before);
    await table.answer('since', changes);
    expect(feed.completeUntil).toBeGreaterThan(before - 1);
    expect(feed.completeUntil).toBeLessThan(performance.now());
    await table.answer('since', changes);
    await followed;
    expect(feed.completeUntil).toBe(Infinity);
    await feed.stop();
  });

  it('has a revocation of its own instance also when a whole load ended while it was being completed', async () => {
    const { table, feed } = await loaded();

    // After a reconnect there is more than one look reads, so that two whole loads are under way: of the look, and behind it.
    feed.onConnect();
    feed.reload();
    await table.answer('since', { ...changes, isCut: true });
    await table.answer('snapshot', 'behind');
    await table.answer('snapshot', 'of the look');
    const row = { id: '1', kind: 'jti', subject: 'other', epoch: null, exp: 1 } as const;
    await table.answer('page', [row]);
    await table.answer('page', []);
    await table.answer('page', []);
    const revoked = { jti: 'revoked', sid: '', sub: '', ver: 1, iat: null };
    for (const replica of feed.replicas) replica.add('jti', revoked.jti, null, 1);
    // The statement was executed before that revocation was committed.
    await table.answer('since', changes);
    await until(() => feed.replica !== null, 'the replica after the reconnect');
    expect(feed.replica?.holds(revoked)).toBe(true);
    const stopped = feed.stop();
    await table.answer('since', changes);
    await stopped;
  });

  it('is loaded again after a reconnect, by each instance at another moment', async () => {
    const instances = await Promise.all(Array.from({ length: 20 }, loaded));
    const begun = await Promise.all(
      instances.map(async ({ table, feed }) => {
        feed.onConnect();
        await table.answer('since', changes);
        await until(() => feed.replica !== null, 'the replica after the reconnect');
        await until(() => table.hasBeenAsked('snapshot'), 'the load behind it');
        return performance.now();
      }),
    );
    expect(Math.max(...begun) - Math.min(...begun)).toBeGreaterThan(revocationPolicy.reloadSpreadMs / 4);
  });

  describe('at a hint that names its subject', () => {
    afterEach(() => {
      jest.restoreAllMocks();
    });
    const naming = (subject: string): string => `{"kind" : "jti", "subject" : "${subject}"}`;
    const claims = (jti: string) => ({ jti, sid: '', sub: '', ver: 1, iat: null });

    it('answers for nobody who was named, until a look has ended that began after that', async () => {
      const { table, feed } = await loaded();
      const [first, second] = [randomUUID(), randomUUID()];
      const areNamed = (): boolean[] => [first, second].map((jti) => feed.isNamed(claims(jti)));
      feed.onAnnouncement(performance.now(), naming(first));
      expect(areNamed()).toEqual([true, false]);
      await until(() => table.hasBeenAsked('since'), 'the look');
      feed.onAnnouncement(performance.now(), naming(second));
      expect(areNamed()).toEqual([true, true]);
      await table.answer('since', changes);
      expect(areNamed()).toEqual([false, true]);
      await table.answer('since', changes);
      expect([areNamed(), feed.completeUntil]).toEqual([[false, false], Infinity]);
      await feed.stop();
    });

    /** The delays that are armed while this hint is told. */
    const armed = (feed: ReplicaFeed, provenMsAgo: number, text: string): number[] => {
      const timers = jest.spyOn(globalThis, 'setTimeout');
      const before = timers.mock.calls.length;
      feed.onAnnouncement(performance.now() - provenMsAgo, text);
      return timers.mock.calls.slice(before).map(([, delay]) => delay ?? 0);
    };

    it('looks within the time of the policy, each instance at another moment', async () => {
      const instances = await Promise.all(Array.from({ length: 20 }, loaded));
      const delays = instances.flatMap(({ feed }) => armed(feed, 0, naming(randomUUID())));
      expect(new Set(delays).size).toBe(20);
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...delays)).toBeLessThanOrEqual(revocationPolicy.lookSpreadMs);
      expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(revocationPolicy.lookSpreadMs / 4);
      for (const { table } of instances) await table.answer('since', changes);
    });

    it('arms one timer for a thousand hints', async () => {
      const { table, feed } = await loaded();
      const delays = Array.from({ length: 1000 }, () => armed(feed, 0, naming(randomUUID()))).flat();
      expect(delays).toHaveLength(1);
      await table.answer('since', changes);
      await feed.stop();
    });

    it.each([
      ['it names nobody', '{}', 0],
      ['its replica would be stale before a later one has ended', naming(randomUUID()), 1200],
    ])('looks at once where %s', async (_title, text, provenMsAgo) => {
      jest.spyOn(Math, 'random').mockReturnValue(1);
      const { table, feed } = await loaded();
      expect(armed(feed, provenMsAgo, text)).toEqual([]);
      await table.answer('since', changes);
      await feed.stop();
    });

    it('leaves a look the time of a statement before its replica would be stale', async () => {
      jest.spyOn(Math, 'random').mockReturnValue(1);
      const { table, feed } = await loaded();
      const [delay = 0] = armed(feed, 1000, naming(randomUUID()));
      const last = feedPolicy.silenceLimitMs - databaseLimits.statementTimeoutMs - 1000;
      expect(delay).toBeLessThanOrEqual(last);
      expect(delay).toBeGreaterThan(last / 2);
      await table.answer('since', changes);
      await feed.stop();
    });

    it('waits with one timer for the next look after a failure, however many looks fail meanwhile', async () => {
      const { table, feed } = await loaded();
      jest.spyOn(table, 'since').mockRejectedValue(new Error('away'));
      const [timers, ends] = [jest.spyOn(globalThis, 'setTimeout'), jest.spyOn(globalThis, 'clearTimeout')];
      for (let hint = 0; hint < 20; hint++) expect(await feed.lookNow()).toBe(false);
      const retries = timers.mock.results.filter(
        (_, at) => timers.mock.calls[at]?.[1] === revocationPolicy.retryMs,
      );
      const ended = new Set(ends.mock.calls.map(([timer]) => timer));
      expect(retries).toHaveLength(20);
      expect(retries.filter(({ value }) => !ended.has(value as NodeJS.Timeout))).toHaveLength(1);
      await feed.stop();
    });

    it('says of a look that was asked for whether it ended well', async () => {
      const { table, feed } = await loaded();
      const looked = feed.lookNow();
      await table.answer('since', changes);
      expect(await looked).toBe(true);
      await feed.stop();
    });
  });
});
