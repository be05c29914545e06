import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from '../../../config/values/secret.js';
import { DiskStorage } from '../../adapters/disk/disk-storage.js';
import type { PostgresDatabase } from '../../adapters/postgres/postgres-database.js';
import { SystemClock } from '../../adapters/system/system.js';
import { sha256 } from '../../crypto/hash.js';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import { verifyStorage } from './verify-storage.js';
import type { Finding } from './verification.js';

/** The disk, with something done before each read. */
class WatchedDisk extends DiskStorage {
  readonly asked: string[] = [];
  beforeRead: (key: string) => Promise<void> = () => Promise.resolve();
  reading = 0;
  mostReading = 0;

  override async read(key: string): Promise<Readable | null> {
    this.asked.push(key);
    await this.beforeRead(key);
    const stream = await super.read(key);
    this.mostReading = Math.max(this.mostReading, ++this.reading);
    if (stream === null) this.reading--;
    stream?.once('close', () => this.reading--);
    return stream;
  }
}

describe('a verification of the storage while the service runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'velro-verify-'));
  const owner = randomUUID();
  let migrated: MigratedDatabase;
  let database: PostgresDatabase;
  let storage: WatchedDisk;
  beforeAll(async () => {
    migrated = await MigratedDatabase.start();
    database = migrated.connect();
    await database.query
      .insertInto('users')
      .values({ id: owner, email: `${owner}@example.com` })
      .execute();
  });
  afterEach(async () => {
    await database.query.deleteFrom('files').execute();
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(async () => {
    await migrated.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const file = async (bytes: Buffer): Promise<string> => {
    const key = `references/${randomUUID()}.png`;
    await storage.put(key, bytes);
    await database.query
      .insertInto('files')
      .values({
        id: randomUUID(),
        user_id: owner,
        kind: 'reference',
        object_key: key,
        content_type: 'image/png',
        bytes: bytes.length,
        sha256: sha256(bytes),
      })
      .execute();
    return key;
  };
  const open = (): void => {
    const secret = new Secret(randomBytes(48).toString('hex'));
    storage = new WatchedDisk(folder, secret, new SystemClock(), () => '');
  };
  const verify = async () => {
    const findings: Finding[] = [];
    const checked = await verifyStorage(new Secret(migrated.appUrl), storage, (one) => findings.push(one));
    return { findings, ...checked };
  };

  it('finds no fault in a file that is deleted after its row was read', async () => {
    open();
    const keys = [
      await file(randomBytes(1000)),
      await file(randomBytes(1000)),
      await file(randomBytes(1000)),
    ];
    const [gone = '', cut = ''] = keys;
    storage.beforeRead = async (key) => {
      if (key !== gone && key !== cut) return;
      await database.query.deleteFrom('files').where('object_key', '=', key).execute();
      if (key === gone) await storage.remove([key]);
      else await storage.put(key, Buffer.from('half'));
    };
    expect(await verify()).toEqual({
      findings: [],
      files: 3,
      objects: 2,
      faults: 0,
      unverified: 0,
      isComplete: true,
    });
  });

  it('finds no orphan in an object that is removed after it was listed', async () => {
    open();
    const key = `references/${randomUUID()}.png`;
    await storage.put(key, Buffer.from('x'));
    utimesSync(join(folder, key), 1, 1);
    storage.beforeRead = () => storage.remove([key]);
    expect(await verify()).toMatchObject({ findings: [], objects: 1, faults: 0 });
    expect(storage.asked).toEqual([key]);
  });

  it('has a few objects open at a time', async () => {
    open();
    for (let count = 0; count < 40; count++) await file(randomBytes(50_000));
    expect(await verify()).toMatchObject({ files: 40, faults: 0 });
    expect(storage.asked).toHaveLength(40);
    expect(storage.mostReading).toBeGreaterThan(1);
    expect(storage.mostReading).toBeLessThanOrEqual(4);
  });

  it('fails with the error of the database, and not with that of the storage', async () => {
    open();
    const nowhere = new Secret('postgres://nobody@127.0.0.1:1/none');
    await expect(verifyStorage(nowhere, storage, () => undefined)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});
