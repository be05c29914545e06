import { describe, expect, it } from '@jest/globals';
import type { Bucket, Counters, Decision } from '../../src/ports/counters.js';

/** Counters with a way to let time pass for them. */
export interface CountersStage {
  readonly counters: Counters;
  /** Lets so many milliseconds pass. */
  pass(ms: number): Promise<void>;
  /** Milliseconds on a clock that only goes forward. */
  now(): number;
}

let names = 0;
export const bucket = (change: Partial<Bucket> = {}): Bucket => ({
  name: `test:${process.pid}:${++names}`,
  strategy: 'sliding_window',
  limit: 3,
  windowSeconds: 2,
  whenAway: 'exact',
  ...change,
});

/** A hit that passed, at some moment between the two. */
export interface Admission {
  readonly from: number;
  readonly until: number;
}

/** How many hits passed that certainly stood in one window with `limit` others before them. */
export function overAdmitted(admitted: readonly Admission[], limit: number, windowMs: number): number {
  const byEnd = admitted.toSorted((one, other) => one.until - other.until);
  return byEnd.filter(({ until }, at) => {
    const before = byEnd.slice(0, at).filter(({ from }) => until - from < windowMs);
    return before.length >= limit;
  }).length;
}

/** What every adapter of the counters must do. Windows are short, because some of them live in real time. */
export function countersContract(title: string, stage: () => CountersStage): void {
  const take = async (...buckets: Bucket[]): Promise<Decision> => stage().counters.take(buckets);
  const passes = async (one: Bucket, tries: number): Promise<number> => {
    let passed = 0;
    for (let hit = 0; hit < tries; hit++) if ((await take(one)).allowed) passed++;
    return passed;
  };

  describe(`${title}: a sliding window`, () => {
    it('lets exactly the limit through and says how much is left', async () => {
      const one = bucket();
      const seen: [boolean, number][] = [];
      for (let hit = 0; hit < 5; hit++) {
        const { allowed, verdicts } = await take(one);
        seen.push([allowed, verdicts[0]?.remaining ?? -1]);
      }
      expect(seen).toEqual([
        [true, 2],
        [true, 1],
        [true, 0],
        [false, 0],
        [false, 0],
      ]);
    });

    it('takes nothing for a refused call: room comes back with the first hit, not with the last try', async () => {
      const one = bucket();
      for (let hit = 0; hit < 3; hit++) await take(one);
      await stage().pass(1500);
      expect((await take(one)).allowed).toBe(false);
      await stage().pass(600);
      expect((await take(one)).allowed).toBe(true);
    });

    it('never lets more than the limit through in any window, at its edges too', async () => {
      const one = bucket({ limit: 4, windowSeconds: 1 });
      const admitted: Admission[] = [];
      for (let step = 0; step < 60; step++) {
        const from = stage().now();
        if ((await take(one)).allowed) admitted.push({ from, until: stage().now() });
        await stage().pass(37 + (step % 3) * 20);
      }
      expect(admitted.length).toBeGreaterThan(8);
      expect(overAdmitted(admitted, 4, 1000)).toBe(0);
    });

    it('with a limit that was lowered meanwhile refuses until enough have left', async () => {
      const one = bucket();
      for (let hit = 0; hit < 3; hit++) await take(one);
      const refused = await take({ ...one, limit: 1 });
      expect(refused).toMatchObject({ allowed: false, verdicts: [{ remaining: 0 }] });
      await stage().pass(2100);
      expect((await take({ ...one, limit: 1 })).allowed).toBe(true);
      expect((await take({ ...one, limit: 1 })).allowed).toBe(false);
    });
  });

  describe(`${title}: a token bucket`, () => {
    it('lets its whole limit through at once and refills evenly', async () => {
      const one = bucket({ strategy: 'token_bucket', limit: 4, windowSeconds: 2 });
      const from = stage().now();
      /** How many of five pass, and how many may have come back since the beginning. */
      const five = async (): Promise<{ passed: number; refilled: number }> => {
        const passed = await passes(one, 5);
        return { passed, refilled: Math.floor((stage().now() - from) / 500) };
      };
      const first = await five();
      expect(first.passed).toBeGreaterThanOrEqual(4);
      expect(first.passed).toBeLessThanOrEqual(4 + first.refilled);
      await stage().pass(600);
      const second = await five();
      expect(second.passed).toBeGreaterThanOrEqual(1);
      expect(first.passed + second.passed).toBeLessThanOrEqual(4 + second.refilled);
      await stage().pass(2100);
      const full = stage().now();
      const again = await passes(one, 5);
      expect(again).toBeGreaterThanOrEqual(4);
      expect(again).toBeLessThanOrEqual(4 + Math.floor((stage().now() - full) / 500));
    });

    it('says how much is left, and gives back what was not used', async () => {
      const one = bucket({ strategy: 'token_bucket', limit: 2, windowSeconds: 60 });
      const first = await take(one);
      expect(first.verdicts[0]?.remaining).toBe(1);
      await stage().counters.giveBack([one], first.receipt);
      expect(await passes(one, 3)).toBe(2);
    });

    it.each([7, 13, 60])(
      'of %d in a window that they do not divide lets exactly so many through at once',
      async (limit) => {
        expect(
          await passes(bucket({ strategy: 'token_bucket', limit, windowSeconds: 6101 }), limit + 5),
        ).toBe(limit);
      },
    );

    it('never lets more through than its limit and what came back since', async () => {
      const one = bucket({ strategy: 'token_bucket', limit: 5, windowSeconds: 1 });
      const start = stage().now();
      let passed = 0;
      for (let step = 0; step < 40; step++) {
        passed += await passes(one, 2);
        expect(passed).toBeLessThanOrEqual(5 + Math.floor((stage().now() - start) / 200));
        await stage().pass(30 + (step % 4) * 15);
      }
      expect(passed).toBeGreaterThan(8);
    });

    it('gives back the token of each decision once, the first, the last or one between', async () => {
      const one = bucket({ strategy: 'token_bucket', limit: 6, windowSeconds: 600 });
      const receipts: string[] = [];
      for (let hit = 0; hit < 6; hit++) receipts.push((await take(one)).receipt);
      for (const at of [0, 3, 5]) {
        for (let time = 0; time < 3; time++) await stage().counters.giveBack([one], receipts[at] ?? '');
      }
      expect(await passes(one, 6)).toBe(3);
    });

    it('gives nothing back for a token that has come back by itself', async () => {
      const one = bucket({ strategy: 'token_bucket', limit: 2, windowSeconds: 2 });
      const { receipt } = await take(one);
      await stage().pass(1100);
      expect(await passes(one, 1)).toBe(1);
      await stage().counters.giveBack([one], receipt);
      expect(await passes(one, 3)).toBe(1);
    });
  });

  describe(`${title}: one decision about several buckets`, () => {
    it('takes from all or from none', async () => {
      const [wide, narrow] = [bucket({ limit: 10 }), bucket({ limit: 1 })];
      expect((await take(wide, narrow)).allowed).toBe(true);
      const refused = await take(wide, narrow);
      expect([refused.allowed, refused.verdicts.map(({ allowed }) => allowed)]).toEqual([
        false,
        [true, false],
      ]);
      expect((await take(wide)).verdicts[0]?.remaining).toBe(8);
    });

    it('lets exactly the limit through of a hundred that come at the same time', async () => {
      const [one, other] = [
        bucket({ limit: 7, windowSeconds: 60 }),
        bucket({ limit: 50, windowSeconds: 60 }),
      ];
      const decisions = await Promise.all(Array.from({ length: 100 }, () => take(one, other)));
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(7);
      expect((await take(other)).verdicts[0]?.remaining).toBe(42);
    });

    it('gives back exactly what it took, once', async () => {
      const [one, other] = [bucket({ windowSeconds: 60 }), bucket({ windowSeconds: 60 })];
      await take(one);
      const { receipt } = await take(one, other);
      await stage().counters.giveBack([one, other], receipt);
      expect((await take(one)).verdicts[0]?.remaining).toBe(1);
      expect((await take(other)).verdicts[0]?.remaining).toBe(2);
    });

    it('gives back what one decision took and not what another took at the same moment, however often it is asked', async () => {
      const [one, other] = [bucket({ windowSeconds: 60 }), bucket({ windowSeconds: 60 })];
      const decisions = await Promise.all([take(one, other), take(one), take(one)]);
      for (let time = 0; time < 3; time++)
        await stage().counters.giveBack([one, other], decisions[0].receipt);
      expect((await take(one)).verdicts[0]?.remaining).toBe(0);
      expect((await take(other)).verdicts[0]?.remaining).toBe(2);
    });

    it('gives back nothing for a receipt that it does not know', async () => {
      const one = bucket({ limit: 1, windowSeconds: 60 });
      const { receipt } = await take(bucket());
      await take(one);
      await stage().counters.giveBack([one], receipt);
      expect((await take(one)).allowed).toBe(false);
    });

    it('gives back nothing for a refusal', async () => {
      const one = bucket({ limit: 1, windowSeconds: 60 });
      await take(one);
      const { receipt } = await take(one);
      expect(receipt).toBe('');
      await stage().counters.giveBack([one], receipt);
      expect((await take(one)).allowed).toBe(false);
    });

    it('counts each bucket alone, whatever stands in its name', async () => {
      const prefix = bucket().name;
      const endings = [
        '',
        ' ',
        ':',
        '{a}',
        '{b}',
        '*',
        '\r\n',
        '\0',
        '\0a',
        'é',
        'e\u0301',
        '\ud800',
        '\ud801',
        '\ufffd',
      ];
      const names = [...endings, 'x'.repeat(400 - prefix.length), 'x'.repeat(399 - prefix.length)];
      for (const strategy of ['sliding_window', 'token_bucket'] as const) {
        const all = names.map((name) =>
          bucket({ name: prefix + strategy + name, strategy, limit: 1, windowSeconds: 60 }),
        );
        for (const one of all) expect((await take(one)).allowed).toBe(true);
        for (const one of all) expect((await take(one)).allowed).toBe(false);
      }
    });

    it('says after how many whole seconds something comes back', async () => {
      const window = bucket({ limit: 2, windowSeconds: 60 });
      const tokens = bucket({ strategy: 'token_bucket', limit: 2, windowSeconds: 60 });
      const seen: (number | undefined)[] = [];
      for (let hit = 0; hit < 3; hit++)
        for (const one of [window, tokens]) seen.push((await take(one)).verdicts[0]?.resetSeconds);
      expect(seen).toEqual([60, 30, 60, 30, 60, 30]);
    });
  });
}
