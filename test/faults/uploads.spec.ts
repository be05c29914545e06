import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { HostileScanner } from '../support/clamav/hostile-scanner.js';
import { ask, superuserUrl } from '../support/database/database.js';
import { withPolicy } from '../support/process/policy.js';
import { Service, signUp } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';
import { uploadBy, type SentFile } from '../support/storage/upload.js';

const file: SentFile = { name: 'a.txt', type: 'text/plain', bytes: Buffer.alloc(500_000, 'plain text ') };

describe('a service that is killed during an upload', () => {
  let temporary: string;
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'velro-uploads-'));
  });
  afterEach(() => {
    rmSync(temporary, { recursive: true, force: true });
  });
  const objects = (service: Service): string[] => {
    const folder = join(service.home, 'objects', 'uploads');
    return existsSync(folder)
      ? readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
      : [];
  };

  it('between the object and its row leaves an object that no file speaks of, which is swept', async () => {
    const service = await Service.start({ TMPDIR: temporary });
    const ada = await signUp(service);
    const client = new pg.Client({ connectionString: superuserUrl(service.home) });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('begin');
    await client.query('select from velro.users where id = $1 for update', [ada.id]);
    const sent = uploadBy(ada, file).catch(() => null);
    await until(() => objects(service).length > 0, 'the object');
    await service.kill();
    await sent;
    // Its statement waits on, and would be carried out without it: then both are there.
    await ask(
      service.home,
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'velro_app' and wait_event_type = 'Lock'`,
    );
    await client.end();
    const soon = withPolicy({ sweepPolicy: { lookEverySeconds: 1 } });
    const again = await Service.start({ TMPDIR: temporary, ...soon }, service.home);
    expect(await ask(again.home, 'select id from velro.files')).toEqual([]);
    const [object = ''] = objects(again);
    const old = new Date(Date.now() - 25 * 3600 * 1000);
    utimesSync(object, old, old);
    await ask(again.home, `update velro.sweeps set due_at = now() where name = 'orphaned_objects'`);
    await until(() => objects(again).length === 0, 'the sweep');
    expect(readdirSync(temporary).filter((name) => name.endsWith('.upload'))).toEqual([]);
    await again.discard();
  });

  it('while the scanner reads leaves nothing at all', async () => {
    const scanner = await HostileScanner.start();
    let isAsked = false;
    scanner.conduct = (socket) => {
      socket.once('data', () => {
        isAsked = true;
      });
    };
    const service = await Service.start({ TMPDIR: temporary, CLAMAV_HOST: scanner.address });
    const ada = await signUp(service);
    const sent = uploadBy(ada, file).catch(() => null);
    await until(() => isAsked, 'the scan');
    await service.kill();
    await sent;
    expect(readdirSync(temporary).filter((name) => name.endsWith('.upload'))).toEqual([]);
    const again = await Service.start({ CLAMAV_HOST: scanner.address }, service.home);
    expect([await ask(again.home, 'select id from velro.files'), objects(again)]).toEqual([[], []]);
    await again.discard();
    await scanner.stop();
  });
});
