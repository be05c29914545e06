import { randomBytes, randomUUID } from 'node:crypto';
import {
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

  it('removes the drafts of killed processes, and none of a running one', async () => {
    const drafts = join(folder, '.parts');
    mkdirSync(drafts);
    for (const name of ['old.part', 'young.part']) writeFileSync(join(drafts, name), 'half');
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
    utimesSync(join(drafts, 'old.part'), twoDaysAgo, twoDaysAgo);
    await open().put(`generations/${randomUUID()}/0.png`, Buffer.from('x'));
    expect(readdirSync(drafts)).toEqual(['young.part']);
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
