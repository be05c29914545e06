import { describe, expect, it } from '@jest/globals';
import type { Bucket } from '../../ports/counters.js';
import { MemoryCounters } from './memory-counters.js';
import { HandClock } from '../../../test/support/clock/hand-clock.js';

const rule = (name: string): Bucket => ({
  name,
  strategy: 'sliding_window',
  limit: 3,
  windowSeconds: 60,
  whenAway: 'share',
});

describe('counters in memory', () => {
  it.each(['sliding_window', 'token_bucket'] as const)(
    'count a %s by time that passes, whatever somebody sets the clock to',
    (strategy) => {
      const clock = new HandClock();
      const counters = new MemoryCounters(clock, 1000);
      const bucket = { ...rule('somebody'), strategy };
      const hit = () => counters.take([bucket]).allowed;
      expect([hit(), hit(), hit(), hit()]).toEqual([true, true, true, false]);
      clock.jump(2 * 3_600_000);
      expect(hit()).toBe(false);
      clock.jump(-2 * 3_600_000);
      clock.time += 60_001;
      expect([hit(), hit(), hit(), hit()]).toEqual([true, true, true, false]);
    },
  );

  it('keep an exhausted bucket, however many others are added', () => {
    const counters = new MemoryCounters(new HandClock(), 1000);
    for (let hit = 0; hit < 3; hit++) counters.take([rule('attacker')]);
    for (let other = 0; other < 20_000; other++) counters.take([rule(`other-${other}`)]);
    expect(counters.size).toBeLessThanOrEqual(1000);
    expect(counters.take([rule('attacker')]).allowed).toBe(false);
  });

  it('refuse a new bucket when all present ones are exhausted, and accept it when one has expired', () => {
    const clock = new HandClock();
    const counters = new MemoryCounters(clock, 50);
    for (let who = 0; who < 50; who++)
      for (let hit = 0; hit < 3; hit++) counters.take([rule(`attacker-${who}`)]);
    for (let tries = 0; tries < 20; tries++)
      expect(counters.take([rule('newcomer')])).toMatchObject({ allowed: false, receipt: '' });
    for (let who = 0; who < 50; who++) expect(counters.take([rule(`attacker-${who}`)]).allowed).toBe(false);
    clock.time += 60_001;
    expect(counters.take([rule('newcomer')]).allowed).toBe(true);
  });

  it('evict the bucket with the fewest hits, not the oldest', () => {
    const counters = new MemoryCounters(new HandClock(), 10);
    for (let hit = 0; hit < 2; hit++) counters.take([rule('twice')]);
    for (let other = 0; other < 9; other++) counters.take([rule(`once-${other}`)]);
    counters.take([rule('newcomer')]);
    expect(counters.take([rule('twice')])).toMatchObject({ allowed: true, verdicts: [{ remaining: 0 }] });
  });
});
