import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../test/support/process/wait-until.js';
import { WorkerPool } from './worker-pool.js';

/** A queue of numbers, each worked on until the test ends it. */
function stage(
  items: number[],
  more: {
    atOnce?: number;
    lookEveryMs?: number;
    idleLookEveryMs?: number;
    claim?: () => Promise<number | null>;
  } = {},
  isStarted = true,
) {
  const begun: number[] = [];
  const ends = new Map<number, (failure?: Error) => void>();
  const errors: unknown[] = [];
  const pool = new WorkerPool<number>({
    atOnce: 2,
    lookEveryMs: 60_000,
    idleLookEveryMs: 0,
    claim: () => Promise.resolve(items.shift() ?? null),
    work: (item) =>
      new Promise((resolve, reject) => {
        begun.push(item);
        ends.set(item, (failure) => {
          if (failure === undefined) resolve();
          else reject(failure);
        });
      }),
    onError: (cause) => errors.push(cause),
    ...more,
  });
  if (isStarted) pool.start();
  return { pool, begun, errors, end: (item: number, failure?: Error) => ends.get(item)?.(failure) };
}
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

describe('a pool of workers', () => {
  it('does nothing when it is woken before it was started', async () => {
    const { pool, begun, end } = stage([1], {}, false);
    pool.wake();
    await settle();
    expect(begun).toEqual([]);
    pool.start();
    pool.wake();
    await settle();
    expect(begun).toEqual([1]);
    end(1);
    await pool.stop();
  });

  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  it('takes as many items at a time as it may, in their order, and the next as one is done', async () => {
    const { pool, begun, end } = stage([1, 2, 3, 4]);
    pool.wake();
    await settle();
    expect(begun).toEqual([1, 2]);
    end(2);
    await settle();
    expect(begun).toEqual([1, 2, 3]);
    for (const item of [1, 3]) end(item);
    await settle();
    expect(begun).toEqual([1, 2, 3, 4]);
    end(4);
  });

  it('rests after a look that found nothing, until it is told of something', async () => {
    const items: number[] = [];
    const looks: number[] = [];
    const { pool, begun, end } = stage(items, {
      lookEveryMs: 1,
      idleLookEveryMs: 3_600_000,
      claim: () => {
        looks.push(1);
        return Promise.resolve(items.shift() ?? null);
      },
    });
    stops.push(() => pool.stop());
    pool.start();
    await until(() => looks.length === 1, 'the first look');
    items.push(7);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([looks.length, begun]).toEqual([1, []]);
    pool.wake();
    await settle();
    expect(begun).toEqual([7]);
    end(7);
  });

  it('looks by itself for what nobody told it of', async () => {
    const items: number[] = [];
    const { pool, begun, end } = stage(items, { lookEveryMs: 1 });
    stops.push(() => pool.stop());
    pool.start();
    items.push(7);
    await until(() => begun.length === 1, 'the item');
    end(7);
  });

  it('goes on behind an item that fails, and tells why', async () => {
    const { pool, begun, errors, end } = stage([1, 2, 3]);
    pool.wake();
    await settle();
    end(1, new Error('lost'));
    await settle();
    expect(errors).toEqual([new Error('lost')]);
    pool.wake();
    await settle();
    expect(begun).toEqual([1, 2, 3]);
    for (const item of [2, 3]) end(item);
  });

  it('that is stopped begins nothing any more, and waits for what it is at', async () => {
    const { pool, begun, end } = stage([1, 2, 3]);
    pool.wake();
    await settle();
    let isStopped = false;
    const stopped = pool.stop().then(() => (isStopped = true));
    end(1);
    await settle();
    pool.wake();
    await settle();
    expect([begun, isStopped, pool.signal.aborted]).toEqual([[1, 2], false, true]);
    end(2);
    await stopped;
    expect(begun).toEqual([1, 2]);
  });
});
