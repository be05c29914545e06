import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { disk, keysOf, supabase, type Subject } from './object-storage.js';

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
  const link = async (key: string, seconds = 60): Promise<string> => {
    const [signed] = await subject.storage.signedUrls([{ key, bytes: null }], seconds);
    return signed?.url ?? '';
  };
  const read = async (key: string, seconds = 60) => subject.fetch(await link(key, seconds));

  it('are returned as they were stored, by a signed link', async () => {
    const [key, bytes] = [newKey(), randomBytes(200_000)];
    await put(key, bytes);
    expect((await read(key))?.equals(bytes)).toBe(true);
  });

  it('are read as a stream, byte for byte, and null when they are missing', async () => {
    const [key, bytes] = [newKey(), randomBytes(3_000_001)];
    await put(key, bytes);
    const stream = await subject.storage.read(key);
    if (stream === null) throw new Error('it is missing');
    expect((await buffer(stream)).equals(bytes)).toBe(true);
    expect(await subject.storage.read(newKey())).toBeNull();
    await subject.storage.remove([key]);
    expect(await subject.storage.read(key)).toBeNull();
  });

  it('need not be read to their end', async () => {
    const key = newKey();
    await put(key, randomBytes(3_000_001));
    const stream = await subject.storage.read(key);
    for await (const piece of stream ?? []) {
      expect(piece).toBeInstanceOf(Uint8Array);
      break;
    }
    expect(stream?.destroyed).toBe(true);
    (await subject.storage.read(key))?.destroy();
    await put(key, Buffer.from('after'));
    expect((await read(key))?.toString()).toBe('after');
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
    await expect((async () => link(key))()).rejects.toThrow(refused);
    await expect(subject.storage.remove([key])).rejects.toThrow(refused);
    await expect((async () => subject.storage.read(key))()).rejects.toThrow(refused);
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
    const url = await link(key);
    await subject.storage.remove([key, newKey()]);
    await subject.storage.remove([key]);
    await subject.storage.remove([]);
    expect(await subject.fetch(url)).toBeNull();
  });

  it('have their links in the order in which they were asked for, however many', async () => {
    const keys = Array.from({ length: 20 }, newKey);
    for (const key of keys) await put(key, Buffer.from(key));
    const links = await subject.storage.signedUrls(
      keys.map((key) => ({ key, bytes: null })),
      60,
    );
    const shown = await Promise.all(links.map(({ url }) => subject.fetch(url)));
    expect(shown.map(String)).toEqual(keys);
    expect(await subject.storage.signedUrls([], 60)).toEqual([]);
  });

  it('that are missing have a link that opens nothing, and the others have theirs', async () => {
    const [key, gone] = [newKey(), newKey()];
    await put(key, Buffer.from('here'));
    const links = await subject.storage.signedUrls(
      [gone, key, gone].map((one) => ({ key: one, bytes: null })),
      60,
    );
    const shown = await Promise.all(links.map(({ url }) => subject.fetch(url)));
    expect(shown.map((bytes) => bytes?.toString())).toEqual([undefined, 'here', undefined]);
    expect(links.every(({ url }) => URL.canParse(url))).toBe(true);
  });

  it('are not shown by a link that has expired, was changed, or was made for another object', async () => {
    const [key, other] = [newKey(), newKey()];
    await put(key, Buffer.from('mine'));
    await put(other, Buffer.from('other'));
    expect(await read(key, -1)).toBeNull();
    const url = await link(key);
    expect(await subject.fetch(url.replace(key, other))).toBeNull();
    expect(await subject.fetch(`${url}x`)).toBeNull();
    expect(await subject.fetch(url)).not.toBeNull();
  });
});
