import { existsSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import type { Config } from '../../config/config.js';
import { sweepPolicy } from '../../config/policy/generations/storage.js';
import { SystemClock, SystemRandom } from '../../src/adapters/system/system.js';
import { ExpiredUploads } from '../../src/features/storage/resumable/expired-uploads.js';
import { ResumableRepository } from '../../src/features/storage/resumable/resumable.repository.js';
import { NoScanner } from '../../src/adapters/clamav/no-scanner.js';
import { QuarantinedFiles } from '../../src/features/storage/quarantine/quarantined-files.js';
import { QuarantineRepository } from '../../src/features/storage/quarantine/quarantine.repository.js';
import { SecurityEvents } from '../../src/observability/security-events.js';
import { AbandonedDrafts } from '../../src/features/storage/removal/abandoned-drafts.js';
import { ExpiredFiles } from '../../src/features/storage/removal/expired-files.js';
import { OrphanedObjects } from '../../src/features/storage/removal/orphaned-objects.js';
import { StorageSweeps } from '../../src/features/storage/removal/storage-sweeps.js';
import { SweepLease } from '../../src/features/storage/removal/sweep-lease.js';
import { ask } from '../support/database/database.js';
import { until } from '../support/process/wait-until.js';
import { withPolicy } from '../support/process/policy.js';
import { Service } from '../support/process/service.js';
import { log, SweepStage } from '../support/generations/sweep-stage.js';

const name = 'orphaned_objects';

describe('a run of a sweep', () => {
  let stage: SweepStage;
  let instances: SweepLease[];
  beforeAll(async () => {
    stage = await SweepStage.open();
    instances = Array.from({ length: 4 }, () => new SweepLease(stage.connect(), new SystemRandom()));
  });
  afterAll(async () => {
    await stage.close();
  });

  const makeDue = (sweep = name) =>
    stage.database.query
      .updateTable('sweeps')
      .set({ due_at: sql<Date>`now()` })
      .where('name', '=', sweep)
      .execute();
  const secondsLeft = async (sweep = name): Promise<number> => {
    const { left } = await stage.database.query
      .selectFrom('sweeps')
      .select(sql<number>`extract(epoch from due_at - now())::float8`.as('left'))
      .where('name', '=', sweep)
      .executeTakeFirstOrThrow();
    return left;
  };
  const takeAll = async (): Promise<(string | null)[]> =>
    Promise.all(instances.map((turns) => turns.take(name)));
  const [first, second] = [() => instances[0], () => instances[1]];

  it('is taken by one instance, and by none before it is due', async () => {
    expect(await takeAll()).toEqual([null, null, null, null]);
    for (let round = 0; round < 20; round++) {
      await makeDue();
      const claims = (await takeAll()).filter((claim) => claim !== null);
      expect(claims).toHaveLength(1);
      expect(await takeAll()).toEqual([null, null, null, null]);
    }
  });

  it('is followed by the next after its interval, up to a tenth earlier or later', async () => {
    const seen: number[] = [];
    for (let round = 0; round < 30; round++) {
      await makeDue();
      const claim = await first()?.take(name);
      await first()?.end(name, claim ?? '', 21_600);
      seen.push(await secondsLeft());
    }
    expect(Math.min(...seen)).toBeGreaterThan(21_600 * 0.9 - 5);
    expect(Math.max(...seen)).toBeLessThan(21_600 * 1.1 + 5);
    expect(Math.max(...seen) - Math.min(...seen)).toBeGreaterThan(600);
  });

  it('of a killed instance goes to another after the lease, and the old claim changes nothing any more', async () => {
    await makeDue();
    const dead = (await first()?.take(name)) ?? '';
    expect(await first()?.renew(name, dead)).toBe(true);
    expect(await secondsLeft()).toBeGreaterThan(sweepPolicy.leaseSeconds - 5);
    await makeDue();
    const living = (await second()?.take(name)) ?? '';
    expect(living).not.toBe('');
    expect(await first()?.renew(name, dead)).toBe(false);
    await first()?.end(name, dead, 21_600);
    expect(await secondsLeft()).toBeLessThan(sweepPolicy.leaseSeconds + 1);
    expect(await second()?.renew(name, living)).toBe(true);
  });

  it('is logged when it fails and followed by the next; one aborted by a stop is due at once', async () => {
    const { files, removal, removals, storage, database } = stage.instance();
    let began = false;
    class Failing extends ExpiredFiles {
      override run(): Promise<void> {
        return Promise.reject(new Error('the storage is away'));
      }
    }
    class Endless extends OrphanedObjects {
      override run(signal: AbortSignal): Promise<void> {
        began = true;
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('broken off'));
          });
        });
      }
    }
    const warn = jest.spyOn(log, 'warn');
    const sweeps = new StorageSweeps(
      new Failing(files, removal, removals),
      new Endless(files, storage, new SystemClock(), log),
      new AbandonedDrafts(storage, new SystemClock(), log),
      new ExpiredUploads(
        database,
        new ResumableRepository(database, { uploads: { quotaBytes: 1 } } as Config),
        removals,
      ),
      new QuarantinedFiles(
        new QuarantineRepository(database),
        storage,
        new NoScanner(),
        removal,
        new SecurityEvents(log),
        log,
      ),
      new SweepLease(database, new SystemRandom()),
      log,
    );
    await makeDue();
    await makeDue('expired_files');
    sweeps.onApplicationBootstrap();
    await until(() => began && warn.mock.calls.length > 0, 'two turns');
    expect(warn.mock.calls).toEqual([
      [
        'a sweep failed, and is tried again in its next turn',
        { sweep: 'expired_files', cause: expect.any(Error) },
      ],
    ]);
    await until(async () => (await secondsLeft('expired_files')) > 500, 'the next turn');
    expect(await secondsLeft()).toBeGreaterThan(sweepPolicy.leaseSeconds - 30);

    const stopped = performance.now();
    await sweeps.beforeApplicationShutdown();
    expect(performance.now() - stopped).toBeLessThan(1000);
    expect(await secondsLeft()).toBeLessThanOrEqual(0);
    expect(warn.mock.calls).toHaveLength(1);
  });
});

describe('a running service', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start(withPolicy({ sweepPolicy: { lookEverySeconds: 1 } }));
  });
  afterAll(async () => {
    await service.discard();
  });

  it('sweeps when due, also objects from before its start, and stops as usual', async () => {
    const place = async (folder: string): Promise<string> => {
      const path = join(service.home, 'objects', folder, `${randomUUID()}.png`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, 'picture');
      await utimes(path, 1, 1);
      return path;
    };
    const [orphan, upload] = [await place('references'), await place('uploads')];
    const foreign = await place('of-another-program');
    // Of a process that was killed; nothing is stored afterwards.
    const draft = await place('.parts');
    await ask(service.home, 'update velro.sweeps set due_at = now()');
    await until(() => !existsSync(orphan), 'the end of an orphan');
    await until(() => !existsSync(draft), 'the end of a draft');
    await until(() => !existsSync(upload), 'the end of an upload without a file');
    expect(existsSync(foreign)).toBe(true);
    expect(service.lines().filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
    const stopping = performance.now();
    expect(await service.stop()).toBe(0);
    expect(performance.now() - stopping).toBeLessThan(5000);
  });
});
