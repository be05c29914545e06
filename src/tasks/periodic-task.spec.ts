import { describe, expect, it } from '@jest/globals';
import { PeriodicTask } from './periodic-task.js';

const never = (): void => {
  throw new Error('no run may fail here');
};

describe('a periodic task', () => {
  it('runs again and again until it is stopped, one run at a time', async () => {
    let [under, most, runs] = [0, 0, 0];
    const third = Promise.withResolvers<undefined>();
    const task = new PeriodicTask({
      everyMs: 1,
      run: async () => {
        most = Math.max(most, ++under);
        await new Promise((resolve) => setImmediate(resolve));
        under--;
        if (++runs === 3) third.resolve(undefined);
      },
      onError: never,
    });
    task.start();
    task.start();
    await third.promise;
    await task.stop();
    const stopped = runs;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([most, runs]).toEqual([1, stopped]);
  });

  it('reports a run that fails, and runs again', async () => {
    const causes: unknown[] = [];
    const again = Promise.withResolvers<undefined>();
    const task = new PeriodicTask({
      everyMs: 1,
      run: () => {
        if (causes.length > 0) again.resolve(undefined);
        throw new Error('away');
      },
      onError: (cause) => causes.push(cause),
    });
    task.start();
    await again.promise;
    await task.stop();
    expect(causes.length).toBeGreaterThan(1);
    expect(String(causes[0])).toBe('Error: away');
  });

  it('aborts a running run and waits for it when it is stopped', async () => {
    const begun = Promise.withResolvers<undefined>();
    let ended = false;
    const task = new PeriodicTask({
      everyMs: 1,
      run: async (signal) => {
        begun.resolve(undefined);
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
        ended = true;
      },
      onError: never,
    });
    task.start();
    await begun.promise;
    await task.stop();
    expect(ended).toBe(true);
  });

  it('is not waited for longer than allowed when a run does not end', async () => {
    const begun = Promise.withResolvers<undefined>();
    const task = new PeriodicTask({
      everyMs: 1,
      run: () => {
        begun.resolve(undefined);
        return new Promise<never>(() => undefined);
      },
      onError: never,
    });
    task.start();
    await begun.promise;
    await expect(task.stop(1)).resolves.toBeUndefined();
  });

  it('does not start once it was stopped', async () => {
    let runs = 0;
    const task = new PeriodicTask({
      everyMs: 1,
      run: () => {
        runs++;
      },
      onError: never,
    });
    await task.stop();
    task.start();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(runs).toBe(0);
  });
});
