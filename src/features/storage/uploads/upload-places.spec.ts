import { describe, expect, it } from '@jest/globals';
import { HandClock } from '../../../../test/support/clock/hand-clock.js';
import { uploadPacePolicy, uploadPolicy } from '../../../../config/policy/generations/uploads.js';
import { Problem } from '../../../errors/problem.js';
import { UploadPlaces } from './upload-places.js';

describe('places for uploads', () => {
  /** Takes a place until `free` is called; the code of the refusal where there is none. */
  const take = async (places: UploadPlaces, account: string): Promise<string | (() => void)> => {
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (free = resolve));
    const seen = { isIn: false };
    const run = places.run(account, () => {
      seen.isIn = true;
      return held;
    });
    if (seen.isIn) return free;
    return run.then(
      () => 'none',
      (error: unknown) => (error instanceof Problem ? error.code : 'another error'),
    );
  };

  it('are four of one person, and then one each until there is none', async () => {
    const places = new UploadPlaces(new HandClock());
    const taken: (string | (() => void))[] = [];
    for (const account of ['ada', 'ada', 'ada', 'ada', 'ada', 'bob', 'bob', 'eve', 'fay', 'guy', 'hal'])
      taken.push(await take(places, account));
    expect(taken.map((one) => (typeof one === 'string' ? one : 'taken'))).toEqual([
      ...['taken', 'taken', 'taken', 'taken', 'uploads_exceeded'],
      ...['taken', 'uploads_exceeded', 'taken', 'taken', 'taken', 'unavailable'],
    ]);
    expect([uploadPolicy.perAccount, uploadPolicy.atOnce]).toEqual([4, 8]);
    for (const free of taken) if (typeof free !== 'string') free();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await take(places, 'ada')).not.toBe('uploads_exceeded');
  });

  it('are half of them at most of twenty people who were too slow a minute ago, however often they come again', async () => {
    const clock = new HandClock();
    const places = new UploadPlaces(clock);
    const slow = Array.from({ length: 20 }, (_, at) => `slow ${at}`);
    for (const account of slow)
      await places.run(account, () => Promise.reject(new Problem('request_timeout'))).catch(() => undefined);
    const taken: unknown[] = [];
    for (const account of [...slow, ...slow]) taken.push(typeof (await take(places, account)));
    expect(taken.filter((one) => one === 'function')).toHaveLength(uploadPolicy.atOnce / 2);
    expect(await take(places, 'ada')).toEqual(expect.any(Function));
    clock.time += uploadPacePolicy.heldBackMs;
    expect(await take(places, 'slow 19')).toEqual(expect.any(Function));
  });
});
