import { describe, expect, it } from '@jest/globals';
import type { Bucket, Counters, Decision } from '../../src/ports/counters.js';

/** Counters with a way to let time pass for them. */
export interface CountersStage {
  readonly counters: Counters;
  /** Lets so many milliseconds pass. */
  pass(ms: number): Promise<void>;
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

/** What every adapter of the counters must do. Windows are short, because some of them live in real time. */
export function countersContract(title: string, stage: () => CountersStage): void {
  const take = async (...buckets: Bucket[]): Promise<Decision> => stage().counters.take(buckets);

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
      const admitted: number[] = [];
      let time = 0;
      for (let step = 0; step < 60; step++) {
        if ((await take(one)).allowed) admitted.push(time);
        const ms = 37 + (step % 3) * 20;
        await stage().pass(ms);
        time += ms;
      }
      expect(admitted.length).toBeGreaterThan(8);
      for (const [at, first] of admitted.entries())
        expect(admitted.slice(at).filter((other) => other < first + 1000).length).toBeLessThanOrEqual(4);
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
      const seen: boolean[] = [];
      for (let hit = 0; hit < 5; hit++) seen.push((await take(one)).allowed);
      expect(seen).toEqual([true, true, true, true, false]);
      await stage().pass(600);
      expect([(await take(one)).allowed, (await take(one)).allowed]).toEqual([true, false]);
      await stage().pass(2100);
      const again: boolean[] = [];
      for (let hit = 0; hit < 5; hit++) again.push((await take(one)).allowed);
      expect(again).toEqual([true, true, true, true, false]);
    });

    it('says how much is left, and gives back what was not used', async () => {
      const one = bucket({ strategy: 'token_bucket', limit: 2, windowSeconds: 60 });
      const first = await take(one);
      expect(first.verdicts[0]?.remaining).toBe(1);
      await stage().counters.giveBack([one], first.receipt);
      expect([(await take(one)).allowed, (await take(one)).allowed, (await take(one)).allowed]).toEqual([
        true,
        true,
        false,
      ]);
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

    it('gives back nothing for a refusal', async () => {
      const one = bucket({ limit: 1, windowSeconds: 60 });
      await take(one);
      const { receipt } = await take(one);
      expect(receipt).toBe('');
      await stage().counters.giveBack([one], receipt);
      expect((await take(one)).allowed).toBe(false);
    });

    it('counts each bucket alone', async () => {
      const one = bucket({ limit: 1, windowSeconds: 60 });
      await take(one);
      expect((await take(bucket({ limit: 1 }))).allowed).toBe(true);
    });
  });
}
