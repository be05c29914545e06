import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from '../../config/values/secret.js';
import { SupabaseStorage } from '../../src/adapters/supabase/supabase-storage.js';
import { SupabaseStorageServer, type Fault } from '../support/supabase/supabase-storage-server.js';

const newKey = (): string => `generations/${randomUUID()}/0.png`;
const unread = expect.objectContaining({ name: 'StorageUnavailable', message: 'the object was not read' });
const limits = { answerMs: 500, silenceMs: 500, pageSize: 5 };

/** Endless, and counts what was asked of it. */
function counted(piece: Buffer): { stream: Readable; given: () => number } {
  let given = 0;
  const stream = new Readable({
    read() {
      given += piece.length;
      this.push(piece);
    },
  });
  return { stream, given: () => given };
}

describe('Supabase Storage that misbehaves', () => {
  let server: SupabaseStorageServer;
  beforeAll(async () => {
    server = await SupabaseStorageServer.start();
  });
  afterEach(() => {
    server.fault = 'none';
  });
  afterAll(async () => {
    await server.stop();
  });
  const open = (more = {}) => new SupabaseStorage(server.url, new Secret(server.key), { ...limits, ...more });
  const place = (key: string, bytes: Buffer): void => {
    server.objects.set(`media/${key}`, { bytes, type: 'image/png' });
  };
  const list = async (storage: SupabaseStorage): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of storage.objects('generations')) keys.push(key);
    return keys;
  };

  it.each<Fault>(['error', 'hang', 'reset', 'garbage'])(
    'by %s is an error in time, never a silence or a success',
    async (fault) => {
      const [storage, key] = [open(), newKey()];
      server.fault = fault;
      await expect(storage.put(key, Buffer.from('x'), 'image/png')).rejects.toThrow('not stored');
      const stream = Readable.from([Buffer.from('x')]);
      await expect(storage.put(key, stream, 'image/png')).rejects.toThrow('not stored');
      expect(stream.destroyed).toBe(true);
      await expect(storage.signedUrls([{ key, bytes: null }], 60)).rejects.toThrow('not signed');
      await expect(storage.remove([key])).rejects.toThrow('not removed');
      if (fault !== 'garbage') await expect(storage.read(key)).rejects.toEqual(unread);
      await expect(list(storage)).rejects.toThrow();
    },
  );

  it('refuses a wrong key', async () => {
    const storage = new SupabaseStorage(server.url, new Secret('sb_secret_wrong'), limits);
    await expect(storage.put(newKey(), Buffer.from('x'), 'image/png')).rejects.toThrow('not stored');
    await expect(storage.put(newKey(), Readable.from([Buffer.from('x')]), 'image/png')).rejects.toThrow(
      'not stored',
    );
  });

  it('is sent no more than buffers hold when it stops reading a stream, and the upload is aborted', async () => {
    server.fault = 'stall';
    const { stream, given } = counted(Buffer.alloc(256 * 1024));
    await expect(open().put(newKey(), stream, 'video/mp4')).rejects.toThrow('not stored');
    // What the sockets of both sides buffer is the system's, and a few megabytes; the stream has no end.
    expect(given()).toBeLessThan(64 * 1024 * 1024);
    expect(stream.destroyed).toBe(true);
  });

  it('is sent a whole stream when it is slow, however long that takes', async () => {
    server.fault = 'slow';
    const [storage, key, size] = [open({ silenceMs: 5000 }), newKey(), 8 * 1024 * 1024];
    await storage.put(
      key,
      Readable.from([Buffer.alloc(size / 2, 1), Buffer.alloc(size / 2, 2)]),
      'video/mp4',
    );
    expect(server.objects.get(`media/${key}`)?.bytes.length).toBe(size);
  });

  it('fails an endless upload after the total timeout', async () => {
    const drip = async function* (): AsyncGenerator<Buffer> {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        yield Buffer.from('x');
      }
    };
    const storage = open({ silenceMs: 10_000, wholeMs: 1000 });
    await expect(storage.put(newKey(), Readable.from(drip()), 'video/mp4')).rejects.toThrow('not stored');
  });

  describe('asked for links of several objects', () => {
    const links = async (fault: Fault, missing = 0) => {
      const storage = open({ pageSize: 100, answerMs: 10_000 });
      const keys = Array.from({ length: 6 }, newKey);
      for (const key of keys.slice(missing)) place(key, Buffer.from(key));
      server.signings.length = 0;
      server.fault = fault;
      const signed = await storage.signedUrls(
        keys.map((key) => ({ key, bytes: null })),
        60,
      );
      return { keys, signed };
    };
    const pathsOf = (signed: readonly { url: string }[]) =>
      signed.map(({ url }) => new URL(url).pathname.split('/media/')[1]);

    it.each<Fault>(['none', 'reversed'])(
      'is asked once, and each link is of its object (%s)',
      async (fault) => {
        const { keys, signed } = await links(fault);
        expect(server.signings).toEqual([keys]);
        expect(pathsOf(signed)).toEqual(keys);
        expect(signed.every(({ isSigned }) => isSigned)).toBe(true);
      },
    );

    it('says which were not signed, because they are missing', async () => {
      const { keys, signed } = await links('reversed', 2);
      expect(pathsOf(signed)).toEqual(keys);
      expect(signed.map(({ isSigned }) => isSigned)).toEqual([false, false, true, true, true, true]);
      expect(signed.map(({ url }) => url.includes('token='))).toEqual([false, false, true, true, true, true]);
    });

    it.each<Fault>(['foreign', 'short', 'no list'])('gives none when the answer is %s', async (fault) => {
      await expect(links(fault)).rejects.toMatchObject({
        name: 'StorageUnavailable',
        message: 'the links were not signed',
      });
    });

    it('is asked for a bounded number at a time', async () => {
      const [storage, keys] = [open({ answerMs: 10_000 }), Array.from({ length: 12 }, newKey)];
      server.signings.length = 0;
      await storage.signedUrls(
        keys.map((key) => ({ key, bytes: null })),
        60,
      );
      expect(server.signings).toEqual([keys.slice(0, 5), keys.slice(5, 10), keys.slice(10)]);
    });
  });

  it.each<Fault>(['half', 'cut'])('fails the stream of an object of which it sends %s', async (fault) => {
    const [storage, key] = [open(), newKey()];
    place(key, Buffer.alloc(100_000));
    server.fault = fault;
    const stream = await storage.read(key);
    await expect(buffer(stream ?? Readable.from([]))).rejects.toEqual(unread);
    expect(stream?.destroyed).toBe(true);
  });

  it('that has no bucket is unavailable, and its objects are not missing', async () => {
    server.fault = 'no bucket';
    await expect(open().read(newKey())).rejects.toEqual(unread);
  });

  it('may be read for longer than one answer takes, and by a slow reader', async () => {
    const pauseMs = 2000;
    const [storage, key] = [open({ answerMs: pauseMs, silenceMs: pauseMs }), newKey()];
    place(key, Buffer.alloc(1_000_000));
    let bytes = 0;
    for await (const piece of (await storage.read(key)) ?? []) {
      if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, pauseMs * 1.5));
      bytes += (piece as Uint8Array).length;
    }
    expect(bytes).toBe(1_000_000);
  });

  it.each<[Fault, string]>([
    ['quota', 'StorageUnavailable'],
    ['error', 'StorageUnavailable'],
    ['too large', 'ObjectRefused'],
  ])('tells an object that it refuses from a storage that takes none (%s)', async (fault, name) => {
    server.fault = fault;
    const refused = open().put(newKey(), Buffer.from('x'), 'image/png');
    await expect(refused).rejects.toMatchObject({ name, message: 'the object was not stored' });
  });

  it('that waits for a stream which stands still is told the error of the stream, and is not unavailable', async () => {
    const stuck = new Readable({ read: () => undefined });
    stuck.push(Buffer.alloc(1000));
    await expect(open().put(newKey(), stuck, 'video/mp4')).rejects.toMatchObject({
      name: 'Error',
      message: 'the transfer stood still',
    });
  });

  it('fails a listing whose cursor repeats', async () => {
    server.fault = 'endless list';
    await expect(list(open())).rejects.toThrow('not listed');
  });

  it('is queried for one page at a time', async () => {
    const storage = open();
    for (let at = 0; at < 11; at++) await storage.put(newKey(), Buffer.from('x'), 'image/png');
    const before = server.pages;
    const listing = storage.objects('generations')[Symbol.asyncIterator]();
    await listing.next();
    expect(server.pages - before).toBe(1);
    for (let next = await listing.next(); next.done !== true; next = await listing.next());
    expect(server.pages - before).toBeGreaterThanOrEqual(3);
  });

  it('lists only our objects when there are other files', async () => {
    const key = newKey();
    await open().put(key, Buffer.from('x'), 'image/png');
    const stranger = { bytes: Buffer.from('x'), type: 'text/plain' };
    server.objects.set('media/generations/README.md', stranger);
    server.objects.set('media/generations/.emptyFolderPlaceholder', stranger);
    const keys = await list(open());
    expect(keys).toContain(key);
    expect(keys.filter((found) => !found.endsWith('/0.png'))).toEqual([]);
  });
});
