import { describe, expect, it } from '@jest/globals';
import { uploadPolicy } from '../../../../config/policy/generations/uploads.js';
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
    const places = new UploadPlaces();
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
});
