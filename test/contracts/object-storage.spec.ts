import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from '../../config/secret.js';
import { DiskStorage } from '../../src/adapters/disk/disk-storage.js';
import { SupabaseStorage } from '../../src/adapters/supabase/supabase-storage.js';
import { Clock } from '../../src/ports/clock.js';
import type { ObjectStorage } from '../../src/ports/object-storage.js';
import { SupabaseStorageServer, type Fault } from '../support/supabase-storage-server.js';

class RealClock extends Clock {
  now(): number {
    return Date.now();
  }
}

interface Subject {
  readonly storage: ObjectStorage;
  /** What a browser gets for a signed link, or null when it is refused. */
  fetch(url: string): Promise<Buffer | null>;
  stop(): Promise<void>;
}

function disk(): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'velro-objects-'));
  const storage = new DiskStorage(
    folder,
    new Secret(randomBytes(48).toString('hex')),
    new RealClock(),
    () => 'http://127.0.0.1:1',
  );
  return Promise.resolve({
    storage,
    fetch: async (text) => {
      const url = new URL(text);
      const found = await storage.openSigned(
        url.pathname.slice('/media/'.length),
        Number(url.searchParams.get('expires')),
        url.searchParams.get('signature') ?? '',
      );
      if (found === null) return null;
      const parts: Buffer[] = [];
      for await (const part of found.stream as AsyncIterable<Buffer>) parts.push(part);
      return Buffer.concat(parts);
    },
    stop: () => {
      // Nothing half-written is ever left behind.
      expect(
        readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.part')),
      ).toEqual([]);
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  });
}

async function supabase(): Promise<Subject> {
  const server = await SupabaseStorageServer.start();
  return {
    storage: new SupabaseStorage(server.url, new Secret(server.key)),
    fetch: async (url) => {
      const answer = await fetch(url);
      return answer.ok ? Buffer.from(await answer.arrayBuffer()) : null;
    },
    stop: () => server.stop(),
  };
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
  const read = async (key: string, seconds = 60) =>
    subject.fetch(await subject.storage.signedUrl(key, seconds));

  it('come back as they were stored, by a signed link', async () => {
    const [key, bytes] = [newKey(), randomBytes(200_000)];
    await subject.storage.put(key, bytes, 'image/png');
    expect((await read(key))?.equals(bytes)).toBe(true);
  });

  it('are replaced when they are stored again', async () => {
    const key = newKey();
    await subject.storage.put(key, randomBytes(1000), 'image/png');
    await subject.storage.put(key, Buffer.from('second'), 'image/png');
    expect((await read(key))?.toString()).toBe('second');
  });

  it('are gone once removed, and removing what is gone is no error', async () => {
    const key = newKey();
    await subject.storage.put(key, Buffer.from('x'), 'image/png');
    const url = await subject.storage.signedUrl(key, 60);
    await subject.storage.remove([key, newKey()]);
    await subject.storage.remove([key]);
    expect(await subject.fetch(url)).toBeNull();
  });

  it('are not shown by a link that has expired, was changed, or was made for another object', async () => {
    const [key, other] = [newKey(), newKey()];
    await subject.storage.put(key, Buffer.from('mine'), 'image/png');
    await subject.storage.put(other, Buffer.from('other'), 'image/png');
    expect(await read(key, -1)).toBeNull();
    const url = await subject.storage.signedUrl(key, 60);
    expect(await subject.fetch(url.replace(key, other))).toBeNull();
    expect(await subject.fetch(`${url}x`)).toBeNull();
    expect(await subject.fetch(url)).not.toBeNull();
  });
});

describe('the disk', () => {
  it.each([
    '../secrets.json',
    '/etc/passwd',
    'generations/../../x.png',
    'generations\\..\\x.png',
    'a.png',
    'generations/x/0.png\0',
    'GENERATIONS/x/0.png',
    '',
    'generations/x/0.sh',
  ])('has no object of the key %p', async (key) => {
    const { storage, stop } = await disk();
    await expect(storage.put(key, Buffer.from('x'), 'image/png')).rejects.toThrow('not an object key');
    expect(() => storage.signedUrl(key, 60)).toThrow('not an object key');
    await stop();
  });
});

describe('Supabase Storage that misbehaves', () => {
  let server: SupabaseStorageServer;
  beforeAll(async () => {
    server = await SupabaseStorageServer.start();
  });
  afterAll(async () => {
    await server.stop();
  });

  it.each<Fault>(['error', 'hang', 'reset', 'garbage'])(
    'by %s is an error in time, never a silence or a success',
    async (fault) => {
      const storage = new SupabaseStorage(server.url, new Secret(server.key), 500);
      const key = `generations/${randomUUID()}/0.png`;
      server.fault = fault;
      await expect(storage.put(key, Buffer.from('x'), 'image/png')).rejects.toThrow('not stored');
      await expect(storage.signedUrl(key, 60)).rejects.toThrow('not signed');
      await expect(storage.remove([key])).rejects.toThrow('not removed');
      server.fault = 'none';
    },
  );

  it('refuses a wrong key', async () => {
    const storage = new SupabaseStorage(server.url, new Secret('sb_secret_wrong'), 500);
    await expect(
      storage.put(`generations/${randomUUID()}/0.png`, Buffer.from('x'), 'image/png'),
    ).rejects.toThrow('not stored');
  });
});
