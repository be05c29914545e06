import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { disk, entries, keysOf, supabase, type Subject } from './object-storage.js';

describe.each([
  ['the disk', disk],
  ['Supabase Storage', supabase],
])('the listing of %s', (_name, open) => {
  let subject: Subject;
  const keys = Array.from({ length: 40 }, (_, at) =>
    at % 4 === 0 ? `references/${randomUUID()}.jpg` : `generations/${randomUUID()}/${at}.png`,
  ).sort();
  const generations = keys.filter((key) => key.startsWith('generations/'));
  beforeAll(async () => {
    subject = await open();
    for (const key of keys) await subject.storage.put(key, Buffer.from(key), 'image/png');
  });
  afterAll(async () => {
    await subject.stop();
  });

  it('names every object of a folder once, whatever a page holds, with the time it was stored', async () => {
    const found = await entries(subject.storage.objects('generations'));
    expect(found.map(({ key }) => key).sort()).toEqual(generations);
    for (const { storedAt } of found) expect(Math.abs(Date.now() - storedAt.getTime())).toBeLessThan(600_000);
  });

  it('accepts a folder within a folder, and an empty one', async () => {
    const [key = ''] = generations;
    const folder = key.slice(0, key.lastIndexOf('/'));
    expect(await keysOf(subject.storage.objects(folder))).toEqual([key]);
    expect(await keysOf(subject.storage.objects(folder.slice(0, -1)))).toEqual([]);
    expect(await keysOf(subject.storage.objects('uploads'))).toEqual([]);
  });

  it.each([
    '',
    '.',
    '..',
    '/',
    'secrets',
    '.parts',
    'generations/..',
    'generations/',
    'generations/../secrets',
  ])('has no folder %p', async (folder) => {
    await expect((async () => keysOf(subject.storage.objects(folder)))()).rejects.toThrow(
      'not a folder of objects',
    );
  });

  it('can be ended early', async () => {
    for await (const { key } of subject.storage.objects('generations')) {
      expect(generations).toContain(key);
      break;
    }
  });

  it('skips none when objects are deleted meanwhile', async () => {
    const found: string[] = [];
    const others = generations.filter((_, at) => at % 3 === 0);
    for await (const { key } of subject.storage.objects('generations')) {
      // As the sweep does: what was seen is removed, and others of the same page and of later ones with it.
      if (found.length === 0) await subject.storage.remove(others);
      found.push(key);
      await subject.storage.remove([key]);
    }
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(expect.arrayContaining(generations.filter((key) => !others.includes(key))));
    expect(await keysOf(subject.storage.objects('generations'))).toEqual([]);
  });
});
