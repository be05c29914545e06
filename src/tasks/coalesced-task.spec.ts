import { describe, expect, it } from '@jest/globals';
import { until } from '../../test/support/process/wait-until.js';
import { CoalescedTask } from './coalesced-task.js';

/** A task whose runs end when the test says so. */
function stage() {
  const ends: (() => void)[] = [];
  const task = new CoalescedTask({
    minGapMs: 1,
    run: () => new Promise((resolve) => ends.push(resolve)),
    onError: () => undefined,
  });
  return { task, ends };
}
const begun = (ends: readonly unknown[], count: number) => until(() => ends.length >= count, `run ${count}`);

describe('a coalesced task', () => {
  it('runs once more for any number of requests during a run', async () => {
    const { task, ends } = stage();
    const first = task.request();
    await begun(ends, 1);
    const later = Array.from({ length: 100 }, () => task.request());
    expect(new Set(later).size).toBe(1);
    ends[0]?.();
    await first;
    await begun(ends, 2);
    ends[1]?.();
    await Promise.all(later);
    expect(ends).toHaveLength(2);
  });

  it('goes on after a run that failed, and tells whoever asked for it nothing', async () => {
    const errors: unknown[] = [];
    let runs = 0;
    const task = new CoalescedTask({
      minGapMs: 1,
      run: () => (++runs === 1 ? Promise.reject(new Error('away')) : Promise.resolve()),
      onError: (cause) => errors.push(cause),
    });
    await task.request();
    await task.request();
    expect([runs, errors]).toEqual([2, [new Error('away')]]);
  });

  it('begins no run once it is stopped', async () => {
    const { task, ends } = stage();
    await task.stop();
    await task.request();
    expect(ends).toEqual([]);
  });
});
