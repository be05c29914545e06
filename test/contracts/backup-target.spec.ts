import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readBackupAddress } from '../../config/backup/backup-address.js';
import { s3Policy } from '../../config/policy/operations/backup.js';
import { BackupFolder } from '../../src/adapters/disk/backup-folder.js';
import { S3Backups } from '../../src/adapters/s3/s3-backups.js';
import { BackupTargetUnavailable, type BackupTarget } from '../../src/ports/backup/backup-target.js';
import { S3Server, type S3Fault } from '../support/s3/s3-server.js';

const partBytes = 1000;
const limits = { ...s3Policy, partBytes, answerMs: 400, silenceMs: 400, tries: 3, pauseMs: 1 };

async function* piecesOf(bytes: Buffer, size = 333): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size)
    yield await Promise.resolve(bytes.subarray(from, from + size));
}
async function* failing(bytes: number): AsyncGenerator<Uint8Array> {
  yield* piecesOf(randomBytes(bytes));
  throw new Error('the source failed');
}

describe('a target of backups', () => {
  const folder = mkdtempSync(join(tmpdir(), 'velro-target-'));
  let server: S3Server;
  const s3 = (address = server.address): S3Backups => {
    const found = readBackupAddress(address);
    if (found === null) throw new Error('no address');
    return new S3Backups(found, limits);
  };
  beforeAll(async () => {
    server = await S3Server.start();
  });
  afterEach(() => {
    server.mend();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const collected = async (target: BackupTarget, name: string): Promise<Buffer | null> => {
    const stream = await target.read(name);
    if (stream === null) return null;
    const parts: Uint8Array[] = [];
    for await (const part of stream) parts.push(part as Uint8Array);
    return Buffer.concat(parts);
  };
  const namesIn = async (target: BackupTarget, within: string): Promise<string[]> => {
    const names: string[] = [];
    for await (const { name } of target.list(within)) names.push(name);
    return names;
  };

  describe.each<[string, () => BackupTarget]>([
    ['that is a folder', () => new BackupFolder(folder)],
    ['that is a bucket', () => s3()],
  ])('%s', (_what, make) => {
    it.each([0, 1, partBytes - 1, partBytes, partBytes + 1, 3 * partBytes, 3 * partBytes + 7])(
      'gives back %s bytes as they were put',
      async (size) => {
        const bytes = randomBytes(size);
        await make().put('backups/one/a.age', piecesOf(bytes));
        expect(await collected(make(), 'backups/one/a.age')).toEqual(bytes);
      },
    );

    it('replaces what has the same name', async () => {
      await make().put('backups/one/b.age', piecesOf(Buffer.from('first')));
      await make().put('backups/one/b.age', piecesOf(Buffer.from('second')));
      expect(String(await collected(make(), 'backups/one/b.age'))).toBe('second');
    });

    it.each([10, 5 * partBytes])('has nothing of a body that fails after %s bytes', async (size) => {
      await expect(make().put('backups/one/c.age', failing(size))).rejects.toThrow('the source failed');
      expect(await make().read('backups/one/c.age')).toBeNull();
      expect(server.uploads.size).toBe(0);
    });

    it('keeps what it has when a body fails that would replace it', async () => {
      await make().put('backups/one/d.age', piecesOf(Buffer.from('kept')));
      await expect(make().put('backups/one/d.age', failing(5 * partBytes))).rejects.toThrow(
        'the source failed',
      );
      expect(String(await collected(make(), 'backups/one/d.age'))).toBe('kept');
    });

    it('lists the names of a folder in the order of their bytes, and no other ones', async () => {
      const names = ['x-a/b', 'x/1', 'x/2/a', 'x/2/b', 'x/2-a', 'x/2.age', 'x/Z', 'xy/1'];
      for (const name of names) await make().put(name, piecesOf(Buffer.from('1')));
      expect(await namesIn(make(), 'x')).toEqual(['x/1', 'x/2-a', 'x/2.age', 'x/2/a', 'x/2/b', 'x/Z']);
      expect(await namesIn(make(), 'nothing')).toEqual([]);
    });

    it('lists how many bytes there are of each', async () => {
      await make().put('z/1', piecesOf(randomBytes(7)));
      await make().put('z/2', piecesOf(Buffer.alloc(0)));
      const found: unknown[] = [];
      for await (const part of make().list('z')) found.push(part);
      expect(found).toEqual([
        { name: 'z/1', bytes: 7 },
        { name: 'z/2', bytes: 0 },
      ]);
    });

    it('removes what it has, and takes what it has not as removed', async () => {
      await make().put('backups/one/e.age', piecesOf(Buffer.from('1')));
      await make().remove(['backups/one/e.age', 'backups/one/never.age']);
      expect(await make().read('backups/one/e.age')).toBeNull();
    });

    it.each([
      '../secret',
      '/etc/passwd',
      'a/../b',
      'a//b',
      '.hidden',
      'a/.hidden',
      '',
      'a b',
      'a/b/c/d/e',
      'ä',
    ])('refuses the name %p, and asks nobody', async (name) => {
      const before = server.seen.length;
      await expect(make().put(name, piecesOf(Buffer.from('1')))).rejects.toThrow('not the name');
      await expect(make().read(name)).rejects.toThrow('not the name');
      expect(server.seen).toHaveLength(before);
    });
  });

  const put = (size: number) => s3().put('backups/two/f.age', piecesOf(randomBytes(size)));
  const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['storing in one request', () => put(10)],
    ['storing in parts', () => put(3 * partBytes)],
    ['reading', () => collected(s3(), 'backups/one/a.age')],
    ['listing', () => namesIn(s3(), 'x')],
  ];
  const faults: readonly S3Fault[] = ['refuse', 'reset', 'hang', 'break off'];
  it.each(calls.flatMap(([what, call]) => faults.map((fault) => [what, fault, call] as const)))(
    'that is a bucket fails at %s when every answer is: %s',
    async (what, fault, call) => {
      server.fail(fault);
      // A cut answer to a PUT says that it was taken.
      if (fault === 'break off' && what === 'storing in one request') return;
      await expect(call()).rejects.toThrow(BackupTargetUnavailable);
      expect(server.objects.has('velro/backups/two/f.age')).toBe(false);
    },
  );

  it.each(calls.filter(([what]) => what !== 'reading'))(
    'that is a bucket fails at %s when answers are no XML',
    async (what, call) => {
      server.fail('garbage');
      if (what === 'storing in one request') return;
      await expect(call()).rejects.toThrow(BackupTargetUnavailable);
    },
  );

  it.each(calls)('that is a bucket goes on with %s after answers that failed twice', async (_what, call) => {
    server.fail('refuse', undefined, 1);
    server.fail('reset', undefined, 1);
    await call();
    server.objects.delete('velro/backups/two/f.age');
  });

  it('that is a folder lists nothing that a file system or a device puts there', async () => {
    const target = new BackupFolder(mkdtempSync(join(folder, 'nas-')));
    await target.put('objects/ab/one.age', piecesOf(randomBytes(3)));
    for (const foreign of ['objects/.snapshot/x', 'objects/ab/@eaDir/y']) {
      mkdirSync(dirname(join(target.label, foreign)), { recursive: true });
      writeFileSync(join(target.label, foreign), '');
    }
    expect(await namesIn(target, 'objects')).toEqual(['objects/ab/one.age']);
  });

  it('that is a bucket does not have what it could not put together, although it said 200', async () => {
    server.fail('late error', ({ method, query }) => method === 'POST' && query.has('uploadId'));
    await expect(put(3 * partBytes)).rejects.toThrow('did not put the parts together');
    expect(server.objects.has('velro/backups/two/f.age')).toBe(false);
    expect(server.uploads.size).toBe(0);
  });

  const completes = ({ method, query }: { method: string; query: URLSearchParams }): boolean =>
    method === 'POST' && query.has('uploadId');
  it.each<S3Fault>(['done and refuse', 'done and reset'])(
    'that is a bucket has what it put together although its answer was: %s',
    async (fault) => {
      server.fail(fault, completes, 1);
      const bytes = randomBytes(3 * partBytes);
      await s3().put('backups/two/h.age', piecesOf(bytes));
      expect(await collected(s3(), 'backups/two/h.age')).toEqual(bytes);
    },
  );

  it.each<[string, (server: S3Server) => void]>([
    ['is none', () => undefined],
    [
      'is one of the same size',
      (s3server) => s3server.objects.set('velro/backups/two/i.age', randomBytes(3 * partBytes)),
    ],
  ])('that is a bucket did not put parts together where what it has %s', async (_what, make) => {
    make(server);
    const before = server.objects.get('velro/backups/two/i.age');
    server.fail('refuse', completes);
    await expect(s3().put('backups/two/i.age', piecesOf(randomBytes(3 * partBytes)))).rejects.toThrow(
      'status 503 to a POST',
    );
    expect(server.objects.get('velro/backups/two/i.age')).toBe(before);
    expect(server.uploads.size).toBe(0);
  });

  it.each<[S3Fault, string]>([
    ['repeat', 'repeats its list'],
    ['no order', 'does not list in order'],
  ])(
    'that is a bucket fails at listing, and comes to an end, where its pages are: %s',
    async (fault, message) => {
      for (const name of ['y/1', 'y/2', 'y/3', 'y/4', 'y/5'])
        await s3().put(name, piecesOf(Buffer.from('1')));
      server.fail(fault);
      await expect(namesIn(s3(), 'y')).rejects.toThrow(message);
    },
  );

  it('that is a bucket fails when it refuses the credentials, and nothing is stored', async () => {
    const wrong = server.address.replace(server.secretKey, 'another');
    const before = server.objects.size;
    await expect(s3(wrong).put('backups/two/g.age', piecesOf(Buffer.from('1')))).rejects.toThrow(
      'status 403 to a PUT',
    );
    await expect(s3(wrong).read('backups/one/a.age')).rejects.toThrow('status 403 to a GET');
    expect(server.objects.size).toBe(before);
  });

  it('that is a bucket which is not there fails, and is not taken for an empty one', async () => {
    const other = server.address.replace('/backups/', '/missing/');
    await expect(s3(other).put('backups/two/g.age', piecesOf(Buffer.from('1')))).rejects.toThrow(
      'no such bucket',
    );
    await expect(namesIn(s3(other), 'x')).rejects.toThrow(BackupTargetUnavailable);
  });
});
