import { describe, expect, it } from '@jest/globals';
import { MediaBusy } from './media-busy.js';
import { Semaphore } from './semaphore.js';

const signal = new AbortController().signal;

/** Work that ends when the test says so. */
function held(places: Semaphore, given = signal) {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  let isRunning = false;
  const done = places.run(() => {
    isRunning = true;
    return promise;
  }, given);
  done.catch(() => undefined);
  return {
    done,
    end: () => {
      resolve(undefined);
    },
    fail: reject,
    isRunning: () => isRunning,
  };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the places of a semaphore', () => {
  it('are never exceeded, and go to the longest waiting caller', async () => {
    const places = new Semaphore(2, 10);
    const works = [1, 2, 3, 4].map(() => held(places));
    const running = () => works.map((work) => work.isRunning());
    await settle();
    expect(running()).toEqual([true, true, false, false]);
    works[1]?.end();
    await settle();
    expect(running()).toEqual([true, true, true, false]);
    works[0]?.fail(new Error('broke'));
    await settle();
    expect(running()).toEqual([true, true, true, true]);
    await expect(works[0]?.done).rejects.toThrow('broke');
  });

  it('are refused when the queue is full', async () => {
    const places = new Semaphore(1, 1);
    const [first, second, third] = [held(places), held(places), held(places)];
    await expect(third.done).rejects.toBeInstanceOf(MediaBusy);
    first.end();
    second.end();
    await second.done;
    const fourth = held(places);
    fourth.end();
    await expect(fourth.done).resolves.toBeUndefined();
  });

  it('are not leaked by an aborted caller, who stops waiting', async () => {
    const places = new Semaphore(1, 2);
    const caller = new AbortController();
    const [first, second, third] = [held(places), held(places, caller.signal), held(places)];
    caller.abort(new Error('gone'));
    await expect(second.done).rejects.toThrow('gone');
    await expect(held(places, caller.signal).done).rejects.toThrow('gone');
    first.end();
    await settle();
    expect([second.isRunning(), third.isRunning()]).toEqual([false, true]);
    third.end();
    await third.done;
    const last = held(places);
    await settle();
    expect(last.isRunning()).toBe(true);
  });
});
