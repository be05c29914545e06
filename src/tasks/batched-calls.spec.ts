import { describe, expect, it } from '@jest/globals';
import { BatchedCalls } from './batched-calls.js';

/** Answers each call by its negative, in runs that end when the test says so. */
function stage(atMost = 3) {
  const runs: { readonly calls: readonly number[]; end: (failure?: Error) => void }[] = [];
  const batched = new BatchedCalls<number, number>({
    atMost,
    run: (calls) =>
      new Promise((resolve, reject) => {
        const end = (failure?: Error): void => {
          if (failure === undefined) resolve(calls.map((call) => -call));
          else reject(failure);
        };
        runs.push({ calls, end });
      }),
    isOfACall: (cause) => (cause as Error).message === 'of a call',
  });
  /** Ends each run as it begins, but what `failures` says of its calls. */
  const endAll = async (failures: Readonly<Record<string, string>> = {}): Promise<void> => {
    for (const run of runs) {
      const message = failures[run.calls.join(' ')];
      run.end(message === undefined ? undefined : new Error(message));
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  };
  return { batched, runs, endAll };
}

const outcomes = async (calls: readonly Promise<number>[]) =>
  (await Promise.allSettled(calls)).map((one) =>
    one.status === 'fulfilled' ? one.value : (one.reason as Error).message,
  );

describe('batched calls', () => {
  it('make the first at once, and what comes meanwhile together behind it, in the order in which it came', async () => {
    const { batched, runs, endAll } = stage();
    const made = [1, 2, 3, 4, 5].map((call) => batched.make(call));
    expect(runs.map(({ calls }) => calls)).toEqual([[1]]);
    await endAll();
    expect(runs.map(({ calls }) => calls)).toEqual([[1], [2, 3, 4], [5]]);
    expect(await outcomes(made)).toEqual([-1, -2, -3, -4, -5]);
  });

  it('make the next one at once again when nothing runs', async () => {
    const { batched, runs, endAll } = stage();
    const first = batched.make(1);
    await endAll();
    await first;
    const second = batched.make(2);
    expect(runs.map(({ calls }) => calls)).toEqual([[1], [2]]);
    await endAll();
    expect(await second).toBe(-2);
  });

  it('fail with the run that they wait for, and go on behind it', async () => {
    const { batched, runs, endAll } = stage();
    const made = [1, 2, 3].map((call) => batched.make(call));
    await endAll({ '1': 'away' });
    expect(await outcomes(made)).toEqual(['away', 'away', 'away']);
    expect(runs).toHaveLength(1);
    const later = batched.make(4);
    await endAll();
    expect(await later).toBe(-4);
  });

  it('are made alone where a run fails for one of them, which takes none of the others with it', async () => {
    const { batched, runs, endAll } = stage();
    const made = [1, 2, 3, 4, 5].map((call) => batched.make(call));
    await endAll({ '2 3 4': 'of a call', '3': 'of a call' });
    expect(runs.map(({ calls }) => calls)).toEqual([[1], [2, 3, 4], [2], [3], [4], [5]]);
    expect(await outcomes(made)).toEqual([-1, -2, 'of a call', -4, -5]);
  });

  it('fail where there are not as many answers as calls', async () => {
    const batched = new BatchedCalls<number, number>({
      atMost: 3,
      run: () => Promise.resolve([]),
      isOfACall: () => false,
    });
    await expect(batched.make(1)).rejects.toThrow('not as many answers as calls');
  });
});
