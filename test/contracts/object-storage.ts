import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { Secret } from '../../config/values/secret.js';
import { DiskStorage } from '../../src/adapters/disk/disk-storage.js';
import { SupabaseStorage } from '../../src/adapters/supabase/supabase-storage.js';
import { SystemClock } from '../../src/adapters/system/system.js';
import type { ObjectEntry, ObjectStorage } from '../../src/ports/object-storage.js';
import { SupabaseStorageServer } from '../support/supabase/supabase-storage-server.js';

/** A storage under test. */
export interface Subject {
  readonly storage: ObjectStorage;
  /** What a browser gets for a signed link, or null when it is refused. */
  fetch(url: string): Promise<Buffer | null>;
  stop(): Promise<void>;
}

/** Milliseconds without a byte, for the tests in which nothing moves. */
const silenceMs = 4000;

export function disk(): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'velro-objects-'));
  const storage = new DiskStorage(
    folder,
    new Secret(randomBytes(48).toString('hex')),
    new SystemClock(),
    () => 'http://127.0.0.1:1',
    { silenceMs, wholeMs: 60_000 },
  );
  return Promise.resolve({
    storage,
    fetch: async (text) => {
      const url = new URL(text);
      const found = await storage.resolveLink({
        key: url.pathname.slice('/media/'.length),
        expires: Number(url.searchParams.get('expires')),
        bytes: null,
        fileName: null,
        signature: url.searchParams.get('signature') ?? '',
      });
      return typeof found === 'string' ? null : readFileSync(join(folder, found.path));
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

export async function supabase(): Promise<Subject> {
  const server = await SupabaseStorageServer.start();
  return {
    storage: new SupabaseStorage(server.url, new Secret(server.key), { silenceMs, pageSize: 7 }),
    fetch: async (url) => {
      const answer = await fetch(url);
      return answer.ok ? Buffer.from(await answer.arrayBuffer()) : null;
    },
    stop: () => server.stop(),
  };
}

export const entries = async (listing: AsyncIterable<ObjectEntry>): Promise<ObjectEntry[]> => {
  const found: ObjectEntry[] = [];
  for await (const entry of listing) found.push(entry);
  return found;
};
export const keysOf = async (listing: AsyncIterable<ObjectEntry>): Promise<string[]> =>
  (await entries(listing)).map(({ key }) => key).sort();
