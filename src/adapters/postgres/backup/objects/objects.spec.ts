import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import pg from 'pg';
import { Secret } from '../../../../../config/values/secret.js';
import { MigratedDatabase } from '../../../../../test/support/database/migrated-database.js';
import { sha256 } from '../../../../crypto/hash.js';
import { BackupTargetUnavailable } from '../../../../ports/backup/backup-target.js';
import { BackupFolder } from '../../../disk/backup-folder.js';
import { DiskStorage } from '../../../disk/disk-storage.js';
import { SystemClock } from '../../../system/system.js';
import { encryptedBytes, encryptionTo, markOf } from '../age.js';
import { backUpObjects } from './back-up-objects.js';
import { restoreObjects } from './restore-objects.js';
import { declareFiles, objectsFolderOf } from './stored-files.js';

const ada = '6f1f0a3e-0000-4000-8000-000000000001';

describe('the objects of a backup', () => {
  let stage: MigratedDatabase;
  let client: pg.Client;
  let identity: string;
  let recipient: string;
  let folder: string;
  let storage: DiskStorage;
  let target: BackupFolder;
  let contents: Map<string, Buffer>;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    client = new pg.Client({ connectionString: stage.appUrl });
    client.on('error', () => undefined);
    await client.connect();
    await stage.asOwner(`insert into velro.users (id, email) values ('${ada}', 'ada@example.com')`);
    identity = await generateX25519Identity();
    recipient = await identityToRecipient(identity);
  });
  afterAll(async () => {
    await client.end();
    await stage.stop();
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'velro-objects-'));
    mkdirSync(join(folder, 'objects'));
    storage = new DiskStorage(
      join(folder, 'objects'),
      new Secret(randomBytes(48).toString('hex')),
      new SystemClock(),
      () => '',
    );
    target = new BackupFolder(join(folder, 'target'));
    contents = new Map();
    for (let count = 0; count < 20; count++) await store(randomBytes(1 + count * 5000));
  });
  afterEach(async () => {
    await stage.asOwner('delete from velro.files');
    rmSync(folder, { recursive: true, force: true });
  });

  const insert = (key: string, content: Buffer) =>
    stage.asOwner(`insert into velro.files (id, user_id, kind, object_key, content_type, bytes, sha256)
      values (gen_random_uuid(), '${ada}', 'upload', '${key}', 'image/png', ${content.length}, '\\x${sha256(content).toString('hex')}')`);
  const store = async (content: Buffer): Promise<string> => {
    const key = `uploads/${randomUUID()}/0.png`;
    await storage.put(key, content);
    await insert(key, content);
    contents.set(key, content);
    return key;
  };
  const pathOf = (key: string): string => join(folder, 'objects', ...key.split('/'));
  const faults: string[] = [];
  const noting = (key: string, what: string): void => {
    faults.push(`${[...contents.keys()].indexOf(key)} ${what}`);
  };
  beforeEach(() => {
    faults.length = 0;
  });
  const folderIn = () => objectsFolderOf(markOf(recipient));
  const backUp = async (into = target, to = recipient) => {
    await declareFiles(client);
    return await backUpObjects(client, { storage, target: into, recipient: to }, noting);
  };
  const restore = (from = target, identityFile = identity, gone: readonly string[] = []) =>
    restoreObjects(
      client,
      { storage, target: from, identityFile, folder: folderIn(), gone: new Set(gone) },
      noting,
    );
  const stored = (): number =>
    readdirSync(join(folder, 'objects'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.png'),
    ).length;
  const kept = (): string[] =>
    readdirSync(join(folder, 'target', 'objects'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.age'))
      .sort();
  const [first, second] = [() => [...contents.keys()][7] ?? '', () => [...contents.keys()][11] ?? ''];

  it('are kept encrypted, and stored again with the bytes of their files when the storage is lost', async () => {
    expect(await backUp()).toEqual({ copied: 20, known: 0, faults: 0, gone: [] });
    expect(kept()).toHaveLength(20);
    for (const name of kept()) {
      const bytes = readFileSync(join(folder, 'target', 'objects', name));
      expect(bytes.subarray(0, 21).toString()).toBe('age-encryption.org/v1');
    }
    rmSync(join(folder, 'objects'), { recursive: true });
    mkdirSync(join(folder, 'objects'));
    expect(await restore()).toEqual({ restored: 20, present: 0, faults: 0, gone: 0 });
    for (const [key, content] of contents) expect(readFileSync(pathOf(key)).equals(content)).toBe(true);
    expect(faults).toEqual([]);
  });

  it('are copied once: a second backup copies only what is new', async () => {
    await backUp();
    const before = kept();
    await store(Buffer.from('new'));
    expect(await backUp()).toEqual({ copied: 1, known: 20, faults: 0, gone: [] });
    expect(kept().filter((name) => !before.includes(name))).toHaveLength(1);
  });

  it('are copied again where a copy is gone', async () => {
    await backUp();
    const before = kept();
    rmSync(join(folder, 'target', 'objects', before[3] ?? ''));
    expect(await backUp()).toEqual({ copied: 1, known: 19, faults: 0, gone: [] });
    expect(kept()).toEqual(before);
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['cut off', (bytes) => bytes.subarray(0, -1)],
    ['longer', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])],
    ['empty', () => Buffer.alloc(0)],
  ])('are copied again where the copy is %s', async (_what, change) => {
    await backUp();
    const path = join(folder, 'target', 'objects', kept()[3] ?? '');
    const whole = readFileSync(path);
    writeFileSync(path, change(whole));
    expect(await backUp()).toEqual({ copied: 1, known: 19, faults: 0, gone: [] });
    expect(readFileSync(path)).toHaveLength(whole.length);
  });

  it.each([0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])(
    'have the size that age makes of %s bytes',
    async (bytes) => {
      let made = 0;
      for await (const part of encryptionTo(recipient)(Readable.from([Buffer.alloc(bytes)])))
        made += part.length;
      expect(encryptedBytes(bytes)).toBe(made);
    },
  );

  it('are copied anew for another public key, and those of the former are kept', async () => {
    await backUp();
    const another = await identityToRecipient(await generateX25519Identity());
    expect(await backUp(target, another)).toEqual({ copied: 20, known: 0, faults: 0, gone: [] });
    expect(kept()).toHaveLength(40);
    expect(await backUp()).toEqual({ copied: 0, known: 20, faults: 0, gone: [] });
  });

  it('that are missing or damaged are told of, and the others are kept', async () => {
    rmSync(pathOf(first()));
    writeFileSync(pathOf(second()), 'something else');
    expect(await backUp()).toEqual({ copied: 18, known: 0, faults: 2, gone: [] });
    expect(faults.sort()).toEqual(['11 its object has another content', '7 its object is missing']);
    expect(kept()).toHaveLength(18);
  });

  it('of files that were removed since the list was made are no fault', async () => {
    const gone = first();
    class RemovingStorage extends DiskStorage {
      override async read(key: string): Promise<Readable | null> {
        if (key !== gone) return await super.read(key);
        await stage.asOwner(`delete from velro.files where object_key = '${gone}'`);
        return null;
      }
    }
    const removing = new RemovingStorage(
      join(folder, 'objects'),
      new Secret(randomBytes(48).toString('hex')),
      new SystemClock(),
      () => '',
    );
    await declareFiles(client);
    const made = await backUpObjects(client, { storage: removing, target, recipient }, noting);
    expect([made, faults]).toEqual([
      { copied: 19, known: 0, faults: 0, gone: [expect.stringMatching(/^objects\/[0-9a-f]{16}\//)] },
      [],
    ]);
    // The rows of the backup have the file still.
    await insert(gone, contents.get(gone) ?? Buffer.alloc(0));
    rmSync(pathOf(gone));
    expect(await restore(target, identity, made.gone)).toEqual({
      restored: 0,
      present: 19,
      faults: 0,
      gone: 1,
    });
    expect(await restore()).toEqual({ restored: 0, present: 19, faults: 1, gone: 0 });
  });

  it('are restored only where the storage has not got them, and in place of others', async () => {
    await backUp();
    rmSync(pathOf(first()));
    writeFileSync(pathOf(second()), 'something else');
    expect(await restore()).toEqual({ restored: 2, present: 18, faults: 0, gone: 0 });
    for (const [key, content] of contents) expect(readFileSync(pathOf(key)).equals(content)).toBe(true);
  });

  it.each<[string, (path: string) => void]>([
    [
      'was changed',
      (path) => {
        const bytes = readFileSync(path);
        bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
        writeFileSync(path, bytes);
      },
    ],
    [
      'was cut off',
      (path) => {
        writeFileSync(path, readFileSync(path).subarray(0, -20));
      },
    ],
    [
      'is empty',
      (path) => {
        writeFileSync(path, '');
      },
    ],
    [
      'is another one',
      (path) => {
        const other = kept()
          .map((name) => join(folder, 'target', 'objects', name))
          .find((name) => name !== path);
        writeFileSync(path, readFileSync(other ?? ''));
      },
    ],
  ])(
    'are not stored when what the backup holds %s: the others are, and the fault is told',
    async (_what, change) => {
      await backUp();
      const [name = ''] = kept();
      change(join(folder, 'target', 'objects', name));
      rmSync(join(folder, 'objects'), { recursive: true });
      mkdirSync(join(folder, 'objects'));
      expect(await restore()).toEqual({ restored: 19, present: 0, faults: 1, gone: 0 });
      expect(faults).toEqual([
        expect.stringMatching(/^\d+ what the backup holds of its object cannot be read$/),
      ]);
      expect(stored()).toBe(19);
    },
  );

  it('are not read with another identity: nothing is stored', async () => {
    await backUp();
    rmSync(join(folder, 'objects'), { recursive: true });
    mkdirSync(join(folder, 'objects'));
    const another = await generateX25519Identity();
    expect(await restore(target, another)).toEqual({ restored: 0, present: 0, faults: 20, gone: 0 });
    expect(stored()).toBe(0);
  });

  it('of a target that stops answering end the backup, and what was copied is kept', async () => {
    class LeavingTarget extends BackupFolder {
      private left = 5;
      override async put(name: string, body: AsyncIterable<Uint8Array>): Promise<void> {
        if (this.left-- === 0) throw new BackupTargetUnavailable('it is away');
        await super.put(name, body);
      }
    }
    await expect(backUp(new LeavingTarget(join(folder, 'target')))).rejects.toThrow('it is away');
    expect(kept()).toHaveLength(5);
    expect(await backUp()).toEqual({ copied: 15, known: 5, faults: 0, gone: [] });
  });

  it('of a storage that stops answering are no faults: the backup ends', async () => {
    rmSync(join(folder, 'objects'), { recursive: true });
    await expect(backUp()).rejects.toThrow('the object was not read');
    expect(faults).toEqual([]);
  });
});
