import { randomBytes, randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, appUrl } from '../support/database/database.js';
import { Command } from '../support/process/command.js';
import { compileCache, Service, signUp } from '../support/process/service.js';
import { HostedSupabase } from '../support/supabase/hosted-supabase.js';

const cli = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'storage-verify.js');
const day = 86_400;

describe('npm run storage:verify', () => {
  let service: Service;
  let supabase: HostedSupabase;
  let owner: string;
  beforeAll(async () => {
    service = await Service.start();
    supabase = await HostedSupabase.start();
    owner = (await signUp(service)).id;
  });
  afterEach(async () => {
    supabase.storage.fault = 'none';
    supabase.storage.objects.clear();
    await ask(service.home, 'delete from velro.files');
    await ask(service.home, 'delete from velro.generations');
    await ask(service.home, 'delete from velro.storage_removals');
    rmSync(join(service.home, 'objects'), { recursive: true, force: true });
  });
  afterAll(async () => {
    await service.discard();
    await supabase.stop();
  });

  const verify = async (env: Record<string, string> = {}, args: readonly string[] = []) => {
    const command = Command.start([process.execPath, cli, ...args], {
      cwd: service.home,
      env: { ENVIRONMENT: 'test', VELRO_HOME: service.home, ...compileCache, ...env },
    });
    return { code: await command.exited(), printed: command.printed };
  };
  const pathOf = (key: string): string => join(service.home, 'objects', ...key.split('/'));
  const object = (key: string, bytes: Buffer, ageSeconds = 0): void => {
    mkdirSync(dirname(pathOf(key)), { recursive: true });
    writeFileSync(pathOf(key), bytes);
    const at = Date.now() / 1000 - ageSeconds;
    utimesSync(pathOf(key), at, at);
    supabase.storage.objects.set(`media/${key}`, { bytes, type: 'image/png' });
  };
  const row = async (key: string, bytes: Buffer): Promise<string> => {
    const id = randomUUID();
    await ask(
      service.home,
      `insert into velro.files (id, user_id, kind, object_key, content_type, bytes, sha256)
       values ($1, $2, 'reference', $3, 'image/png', $4, sha256($5))`,
      [id, owner, key, bytes.length, bytes],
    );
    return id;
  };
  const file = async (bytes = randomBytes(100_000)) => {
    const key = `references/${randomUUID()}.png`;
    object(key, bytes);
    return { key, id: await row(key, bytes) };
  };

  it('reports that all agree, on the disk and in a hosted storage', async () => {
    for (let count = 0; count < 3; count++) await file();
    const expected = { code: 0, printed: '3 files, 3 objects: all agree\n' };
    expect(await verify()).toEqual(expected);
    expect(await verify({ DATABASE_URL: appUrl(service.home) }, ['--'])).toEqual(expected);
    expect(await verify(supabase.env)).toEqual(expected);
  });

  it.each<[string, string, (path: string, key: string) => void]>([
    [
      'overwritten by bytes of the same number',
      'has another SHA-256',
      (path) => {
        writeFileSync(path, randomBytes(100_000));
      },
    ],
    [
      'cut',
      'has 50 bytes instead of 100000',
      (path) => {
        truncateSync(path, 50);
      },
    ],
    [
      'emptied',
      'has 0 bytes instead of 100000',
      (path) => {
        truncateSync(path, 0);
      },
    ],
    [
      'grown',
      'has 100001 bytes instead of 100000',
      (path) => {
        writeFileSync(path, Buffer.alloc(1), { flag: 'a' });
      },
    ],
    [
      'removed',
      'is missing',
      (path) => {
        rmSync(path);
      },
    ],
  ])('names the file whose object was %s', async (_how, what, harm) => {
    await file();
    const { id, key } = await file();
    await file();
    harm(pathOf(key), key);
    expect(await verify()).toEqual({
      code: 1,
      printed: `file ${id} ${key}: its object ${what}\n3 files, ${what === 'is missing' ? 2 : 3} objects: 1 fault\n`,
    });
  });

  it('names both files whose objects were swapped', async () => {
    const [one, other] = [await file(), await file()];
    copyFileSync(pathOf(one.key), join(service.home, 'swap'));
    copyFileSync(pathOf(other.key), pathOf(one.key));
    copyFileSync(join(service.home, 'swap'), pathOf(other.key));
    const { code, printed } = await verify();
    expect(code).toBe(1);
    expect(printed.split('\n').sort()).toEqual(
      [
        '',
        `file ${one.id} ${one.key}: its object has another SHA-256`,
        `file ${other.id} ${other.key}: its object has another SHA-256`,
        '2 files, 2 objects: 2 faults',
      ].sort(),
    );
  });

  it('names an old object without a file, and none that is young, being written or about to be removed', async () => {
    const old = `references/${randomUUID()}.png`;
    object(old, Buffer.from('old'), day + 60);
    object(`references/${randomUUID()}.png`, Buffer.from('young'), day - 600);
    const generation = randomUUID();
    await ask(
      service.home,
      `insert into velro.generations (id, user_id, model_id, prompt, credits_cost, status, deadline_at, due_at)
       values ($1, $2, 'velro/canvas', 'fog', 0, 'processing', now() + interval '1 hour', now() + interval '1 hour')`,
      [generation, owner],
    );
    object(`generations/${generation}/0.png`, Buffer.from('written'), 2 * day);
    const removed = `uploads/${randomUUID()}.png`;
    object(removed, Buffer.from('removed'), 2 * day);
    await ask(service.home, 'insert into velro.storage_removals (object_key) values ($1)', [removed]);
    expect(await verify()).toEqual({
      code: 1,
      printed: expect.stringMatching(
        // The one about to be removed may be gone by now.
        new RegExp(`^object ${old}: orphan, stored 20[^ ]+Z, has no file\n0 files, [34] objects: 1 fault\n$`),
      ),
    });
    expect(existsSync(pathOf(old))).toBe(true);
  });

  it('reads more files than one page holds', async () => {
    const bytes = randomBytes(64);
    let last = { id: '', key: '' };
    for (let count = 0; count < 450; count++) {
      const made = await file(bytes);
      if (made.id > last.id) last = made;
    }
    rmSync(pathOf(last.key));
    expect(await verify()).toEqual({
      code: 1,
      printed: `file ${last.id} ${last.key}: its object is missing\n450 files, 449 objects: 1 fault\n`,
    });
  });

  describe('while the storage does not answer', () => {
    it.each<'error' | 'reset' | 'no bucket' | 'cut'>(['error', 'reset', 'no bucket', 'cut'])(
      'says that nothing could be verified, and of no file that it is missing (%s)',
      async (fault) => {
        const { id, key } = await file();
        supabase.storage.fault = fault;
        const { code, printed } = await verify(supabase.env);
        expect(code).toBe(1);
        expect(printed).toContain(`file ${id} ${key}: could not be verified, the object was not read`);
        expect(printed).toMatch(
          /: 0 faults, \d could not be verified(?:, and no more was asked: the storage does not answer)?\n$/,
        );
        expect(printed).not.toContain('missing');
      },
    );

    it('asks about a few files and no more', async () => {
      for (let count = 0; count < 30; count++) await file();
      supabase.storage.fault = 'error';
      const { code, printed } = await verify(supabase.env);
      expect(code).toBe(1);
      expect(printed.split('\n').length).toBeLessThan(15);
      expect(printed).toMatch(/and no more was asked: the storage does not answer\n$/);
    });

    it('says so of a folder of objects that is away', async () => {
      const { id, key } = await file();
      rmSync(join(service.home, 'objects'), { recursive: true });
      const { code, printed } = await verify();
      expect([code, printed]).toEqual([
        1,
        expect.stringContaining(`file ${id} ${key}: could not be verified`),
      ]);
      expect(printed).not.toContain('missing');
    });
  });

  it.each([[['now']], [['--', '--fix']]])('exits with its usage on %p', async (args) => {
    expect(await verify({}, args)).toEqual({
      code: 2,
      printed: expect.stringContaining('usage: npm run storage:verify'),
    });
  });
});
