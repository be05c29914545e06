import { randomBytes, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Secret } from '../../config/values/secret.js';
import { DiskStorage } from '../../src/adapters/disk/disk-storage.js';
import { until } from '../support/process/wait-until.js';
import { SmallDisk } from '../support/storage/small-disk.js';
import { SystemClock } from '../../src/adapters/system/system.js';

describe('the folder of objects', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'velro-objects-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const open = (at = folder): DiskStorage =>
    new DiskStorage(at, new Secret(randomBytes(48).toString('hex')), new SystemClock(), () => '');
  const list = async (storage: DiskStorage): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of storage.objects('generations')) keys.push(key);
    return keys;
  };

  it('is readable by its owner only', async () => {
    const key = `generations/${randomUUID()}/0.png`;
    await open().put(key, Buffer.from('x'));
    expect(statSync(join(folder, key)).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'generations')).mode & 0o777).toBe(0o700);
  });

  describe('holds drafts', () => {
    const forever = new AbortController().signal;
    const yesterday = new Date(Date.now() - 86_400_000);
    const drafts = () => join(folder, '.parts');
    const draft = (name: string, hoursAgo: number): void => {
      mkdirSync(drafts(), { recursive: true });
      writeFileSync(join(drafts(), name), 'half');
      const at = Date.now() / 1000 - hoursAgo * 3600;
      utimesSync(join(drafts(), name), at, at);
    };

    it('of killed processes, which are removed though nothing is stored, and none of a running one', async () => {
      draft('old.part', 48);
      draft('older.part', 25);
      draft('young.part', 23);
      draft('new.part', 0);
      expect(await open().removeDrafts(yesterday, forever)).toBe(2);
      expect(readdirSync(drafts()).sort()).toEqual(['new.part', 'young.part']);
      expect(await open().removeDrafts(yesterday, forever)).toBe(0);
    });

    it('not at all before the first is written', async () => {
      expect(await open().removeDrafts(yesterday, forever)).toBe(0);
    });

    it('that a stop leaves to the next run', async () => {
      draft('old.part', 48);
      const reason = new Error('stop');
      await expect(open().removeDrafts(yesterday, AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(readdirSync(drafts())).toEqual(['old.part']);
    });

    it('of no upload that goes on', async () => {
      const storage = open();
      const key = `generations/${randomUUID()}/0.mp4`;
      const body = new Readable({ read: () => undefined });
      body.push(Buffer.from('begun'));
      const stored = storage.put(key, body);
      await until(() => existsSync(drafts()) && readdirSync(drafts()).length === 1, 'a draft');
      expect(await storage.removeDrafts(yesterday, forever)).toBe(0);
      body.push(null);
      await stored;
      expect(await list(storage)).toEqual([key]);
    });
  });

  it('that is not there is unavailable, and its objects are not missing', async () => {
    const storage = open();
    const key = `generations/${randomUUID()}/0.png`;
    expect(await storage.read(key)).toBeNull();
    renameSync(folder, `${folder}-away`);
    try {
      await expect(storage.read(key)).rejects.toMatchObject({ name: 'StorageUnavailable' });
    } finally {
      renameSync(`${folder}-away`, folder);
    }
  });

  it('is unavailable where an object cannot be read', async () => {
    const storage = open();
    const key = `generations/${randomUUID()}/0.png`;
    mkdirSync(join(folder, key), { recursive: true });
    const read = async (): Promise<unknown> => buffer((await storage.read(key)) ?? Readable.from([]));
    await expect(read()).rejects.toMatchObject({ name: 'StorageUnavailable' });
  });

  it('that takes nothing is unavailable, and leaves nothing behind', async () => {
    writeFileSync(join(folder, '.parts'), 'a file in the place of the folder');
    const key = `generations/${randomUUID()}/0.png`;
    await expect(open().put(key, Buffer.from('x'))).rejects.toMatchObject({
      name: 'StorageUnavailable',
      message: 'the object was not stored',
    });
    expect(readdirSync(folder)).toEqual(['.parts']);
  });

  (SmallDisk.isPermitted() ? it : it.skip)(
    'on a full disk is unavailable, keeps what it has, and leaves nothing half-stored',
    async () => {
      const disk = SmallDisk.mount(join(folder, 'disk'), 1024 * 1024);
      try {
        const storage = open(disk.folder);
        const key = `generations/${randomUUID()}/0.png`;
        await storage.put(key, Buffer.from('before'));
        for (const body of [
          Buffer.alloc(2 ** 21),
          Readable.from([Buffer.alloc(2 ** 20), Buffer.alloc(2 ** 20)]),
        ])
          await expect(storage.put(key, body)).rejects.toMatchObject({
            name: 'StorageUnavailable',
            cause: { code: 'ENOSPC' },
          });
        expect((await buffer((await storage.read(key)) ?? Readable.from([]))).toString()).toBe('before');
        expect(readdirSync(join(disk.folder, '.parts'))).toEqual([]);
        expect(await storage.hasRoom()).toBe(false);
        await storage.put(key, Buffer.from('after'));
      } finally {
        disk.unmount();
      }
    },
  );

  it('lists objects only, whatever other files exist', async () => {
    const storage = open();
    const key = `generations/${randomUUID()}/0.png`;
    await storage.put(key, Buffer.from('x'));
    writeFileSync(join(folder, 'generations', '.DS_Store'), 'x');
    writeFileSync(join(folder, 'generations', 'notes.txt'), 'x');
    expect(await list(storage)).toEqual([key]);
  });

  it('is created again when it is deleted', async () => {
    const storage = open();
    await storage.put('references/a.png', Buffer.from('x'));
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    await storage.put('generations/a/0.mp4', Readable.from([Buffer.from('x')]));
    expect(await list(storage)).toEqual(['generations/a/0.mp4']);
  });
});
