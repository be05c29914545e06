import { describe, expect, it } from '@jest/globals';
import { Clock } from '../../ports/clock.js';
import { MemoryCounters } from './memory-counters.js';

class HandClock extends Clock {
  constructor(public time = 1_000_000) {
    super();
  }

  now(): number {
    return this.time;
  }
}

const rule = { limit: 3, windowSeconds: 60 };

describe('counters in memory', () => {
  it('let exactly the limit through in any window, at its edges too', async () => {
    const clock = new HandClock();
    const counters = new MemoryCounters(clock);
    const admitted: number[] = [];
    for (let step = 0; step < 4000; step++) {
      clock.time += 37;
      if ((await counters.take('a', rule)).allowed) admitted.push(clock.time);
    }
    expect(admitted.length).toBeGreaterThan(6);
    for (const [at, time] of admitted.entries()) {
      expect(admitted.slice(at).filter((other) => other < time + 60_000).length).toBeLessThanOrEqual(3);
    }
  });

  it('take nothing for a refused call', async () => {
    const clock = new HandClock();
    const counters = new MemoryCounters(clock);
    for (let hit = 0; hit < 3; hit++) await counters.take('a', rule);
    clock.time += 59_999;
    expect((await counters.take('a', rule)).allowed).toBe(false);
    clock.time += 1;
    expect((await counters.take('a', rule)).allowed).toBe(true);
  });

  it('say how much is left and when it comes back', async () => {
    const clock = new HandClock();
    const counters = new MemoryCounters(clock);
    expect(await counters.take('a', rule)).toEqual({ allowed: true, remaining: 2, resetSeconds: 60 });
    clock.time += 20_500;
    expect(await counters.take('a', rule)).toEqual({ allowed: true, remaining: 1, resetSeconds: 40 });
  });

  it('give the latest hit back', async () => {
    const counters = new MemoryCounters(new HandClock());
    for (let hit = 0; hit < 3; hit++) await counters.take('a', rule);
    await counters.giveBack('a');
    expect((await counters.take('a', rule)).allowed).toBe(true);
    expect((await counters.take('a', rule)).allowed).toBe(false);
  });

  it('count each bucket alone', async () => {
    const counters = new MemoryCounters(new HandClock());
    for (let hit = 0; hit < 3; hit++) await counters.take('a', rule);
    expect((await counters.take('b', rule)).allowed).toBe(true);
  });

  it('keep a bucket that is used up while a hundred thousand others come by', async () => {
    const counters = new MemoryCounters(new HandClock());
    for (let hit = 0; hit < 3; hit++) await counters.take('attacker', rule);
    for (let other = 0; other < 120_000; other++) await counters.take(`other-${other}`, rule);
    expect((await counters.take('attacker', rule)).allowed).toBe(false);
  });
});
