import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ObjectEntry } from '../../src/ports/object-storage.js';
import { disk, supabase, type Subject } from './object-storage.js';

const entries = async (listing: AsyncIterable<ObjectEntry>): Promise<ObjectEntry[]> => {
  const found: ObjectEntry[] = [];
  for await (const entry of listing) found.push(entry);
  return found;
};
const keysOf = async (listing: AsyncIterable<ObjectEntry>): Promise<string[]> =>
  (await entries(listing)).map(({ key }) => key).sort();

/** `count` pieces, and then what `end` does. */
async function* pieces(count: number, end?: () => Promise<void>): AsyncGenerator<Buffer> {
  for (let at = 0; at < count; at++) yield Buffer.alloc(64 * 1024, at);
  await end?.();
}

describe.each([
  ['the disk', disk],
  ['Supabase Storage', supabase],
])('objects on %s', (_name, open) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await open();
  });
  afterAll(async () => {
    await subject.stop();
  });

  const newKey = (): string => `generations/${randomUUID()}/0.png`;
  const put = (key: string, body: Uint8Array | Readable) => subject.storage.put(key, body, 'image/png');
  const read = async (key: string, seconds = 60) =>
    subject.fetch(await subject.storage.signedUrl(key, seconds));

  it('are returned as they were stored, by a signed link', async () => {
    const [key, bytes] = [newKey(), randomBytes(200_000)];
    await put(key, bytes);
    expect((await read(key))?.equals(bytes)).toBe(true);
  });

  it.each(['generations/a-1/0.mp4', `references/${randomUUID()}.webp`, 'uploads/b/0.webm'])(
    'may have the key %p',
    async (key) => {
      await put(key, Buffer.from('x'));
      expect((await read(key))?.toString()).toBe('x');
    },
  );

  it.each([
    '../secrets.json',
    '/etc/passwd',
    'generations/../../x.png',
    'generations\\..\\x.png',
    'generations/a/../b.png',
    'generations/./b.png',
    'generations//b.png',
    'generations/a/b/c/d.png',
    'generations.png',
    'a.png',
    'secrets/a.png',
    '.parts/a.png',
    'generations/x/0.png\0',
    'generations/x/0.png\n',
    'GENERATIONS/x/0.png',
    '',
    'generations/x/0.sh',
    'generations/x/0.png.part',
    `generations/${'x'.repeat(65)}/0.png`,
  ])('cannot have the key %p', async (key) => {
    const refused = 'not an object key';
    await expect(put(key, Buffer.from('x'))).rejects.toThrow(refused);
    await expect(put(key, Readable.from(pieces(1)))).rejects.toThrow(refused);
    await expect((async () => subject.storage.signedUrl(key, 60))()).rejects.toThrow(refused);
    await expect(subject.storage.remove([key])).rejects.toThrow(refused);
  });

  it('are returned byte for byte when they were stored from a stream', async () => {
    const [key, bytes] = [newKey(), randomBytes(3_000_001)];
    const parts = [0, 1, 70_000, 2_500_000, bytes.length];
    const stream = Readable.from(parts.map((start, at) => bytes.subarray(parts[at - 1] ?? 0, start)));
    await put(key, stream);
    expect((await read(key))?.equals(bytes)).toBe(true);
    expect(stream.destroyed).toBe(true);
  });

  it('are replaced when they are stored again', async () => {
    const key = newKey();
    await put(key, randomBytes(1000));
    await put(key, Buffer.from('second'));
    expect((await read(key))?.toString()).toBe('second');
    await put(key, Readable.from([Buffer.from('third')]));
    expect((await read(key))?.toString()).toBe('third');
  });

  it.each([
    ['at once', 0],
    ['on its way', 40],
  ])(
    'are not there when their stream fails %s, and the storage says the same error',
    async (_when, count) => {
      const [key, failure] = [newKey(), new Error('the source broke')];
      const stream = Readable.from(pieces(count, () => Promise.reject(failure)));
      expect(await put(key, stream).catch((error: unknown) => error)).toBe(failure);
      await put(key, Buffer.from('before'));
      const again = Readable.from(pieces(count, () => Promise.reject(failure)));
      expect(await put(key, again).catch((error: unknown) => error)).toBe(failure);
      expect((await read(key))?.toString()).toBe('before');
      await subject.storage.remove([key]);
      expect(await keysOf(subject.storage.objects('generations'))).not.toContain(key);
    },
  );

  it('are not stored when their stream failed before, or fails during the upload', async () => {
    const [key, failure] = [newKey(), new Error('the source broke')];
    const broken = new Readable({ read: () => undefined });
    broken.once('error', () => undefined);
    broken.destroy(failure);
    expect(await put(key, broken).catch((error: unknown) => error)).toBe(failure);
    const torn = new Readable({ read: () => undefined });
    torn.push(Buffer.alloc(1000));
    setTimeout(() => torn.destroy(), 100);
    await expect(put(key, torn)).rejects.toThrow();
    expect(await keysOf(subject.storage.objects('generations'))).not.toContain(key);
  });

  it('are aborted when their stream makes no progress until the timeout, and nothing is stored', async () => {
    const key = newKey();
    const stuck = new Readable({ read: () => undefined });
    stuck.push(Buffer.alloc(1000));
    await expect(put(key, stuck)).rejects.toThrow();
    expect(stuck.destroyed).toBe(true);
    expect(await keysOf(subject.storage.objects('generations'))).not.toContain(key);
  });

  it('may take longer in total than the timeout without progress', async () => {
    const key = newKey();
    const slow = async function* (): AsyncGenerator<Buffer> {
      for (let at = 0; at < 20; at++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        yield Buffer.from(String(at % 10));
      }
    };
    await put(key, Readable.from(slow()));
    expect((await read(key))?.toString()).toBe('01234567890123456789');
  });

  it('are gone once removed, and removing what is gone is no error', async () => {
    const key = newKey();
    await put(key, Buffer.from('x'));
    const url = await subject.storage.signedUrl(key, 60);
    await subject.storage.remove([key, newKey()]);
    await subject.storage.remove([key]);
    await subject.storage.remove([]);
    expect(await subject.fetch(url)).toBeNull();
  });

  it('are not shown by a link that has expired, was changed, or was made for another object', async () => {
    const [key, other] = [newKey(), newKey()];
    await put(key, Buffer.from('mine'));
    await put(other, Buffer.from('other'));
    expect(await read(key, -1)).toBeNull();
    const url = await subject.storage.signedUrl(key, 60);
    expect(await subject.fetch(url.replace(key, other))).toBeNull();
    expect(await subject.fetch(`${url}x`)).toBeNull();
    expect(await subject.fetch(url)).not.toBeNull();
  });
});

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
