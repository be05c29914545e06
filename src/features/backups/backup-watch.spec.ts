import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import { Log } from '../../observability/log.js';
import { SecurityEvents, type SecurityEvent } from '../../observability/security-events.js';
import { BackupWatch } from './backup-watch.js';
import { BackupsRepository } from './backups.repository.js';

describe('the watch over backups', () => {
  let stage: MigratedDatabase;
  let repository: BackupsRepository;
  let heard: SecurityEvent[];
  let events: SecurityEvents;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    repository = new BackupsRepository(stage.connect());
  });
  afterAll(async () => {
    await stage.stop();
  });
  beforeEach(async () => {
    await stage.asOwner('delete from velro.backups; update velro.backup_watch set told_for = null');
    heard = [];
    events = new SecurityEvents(Log.silent());
    events.listen((event) => heard.push(event));
  });

  const run = (outcome: string, hoursAgo: number) =>
    stage.asOwner(`insert into velro.backups (started_at, finished_at, outcome)
      values (now() - interval '${hoursAgo + 1} hours', now() - interval '${hoursAgo} hours', '${outcome}')`);
  const look = async (): Promise<BackupWatch> => {
    const watch = new BackupWatch(repository, events, Log.silent());
    await watch.run();
    return watch;
  };
  const overdue = () => heard.filter(({ text }) => text === 'BACKUP overdue');

  it.each<[string, readonly [string, number][], number, boolean]>([
    ['nobody makes any', [], 0, false],
    ['the last one succeeded a day ago', [['succeeded', 25]], 0, false],
    ['the last one that succeeded is 27 hours old', [['succeeded', 27]], 0, true],
    ['the only one lacks objects', [['incomplete', 2]], 1, true],
    [
      'one without some objects is young, and the last whole one is not',
      [
        ['succeeded', 30],
        ['incomplete', 2],
      ],
      1,
      true,
    ],
    [
      'the next has begun',
      [
        ['succeeded', 24],
        ['started', 0],
      ],
      0,
      false,
    ],
    [
      'one was killed, and the next has begun',
      [
        ['succeeded', 24],
        ['started', 1],
        ['started', 0],
      ],
      1,
      false,
    ],
    [
      'one was killed, and no other came',
      [
        ['succeeded', 50],
        ['started', 27],
      ],
      1,
      true,
    ],
    [
      'one was killed, and the next succeeded',
      [
        ['started', 30],
        ['succeeded', 2],
      ],
      0,
      false,
    ],
    [
      'the last ones failed, and the one before is young',
      [
        ['succeeded', 20],
        ['failed', 3],
        ['failed', 2],
      ],
      2,
      false,
    ],
    [
      'one failed before the last that succeeded',
      [
        ['failed', 30],
        ['succeeded', 20],
      ],
      0,
      false,
    ],
    ['none ever succeeded', [['failed', 1]], 1, true],
  ])(
    'where %s counts the failures since, and tells of what is overdue',
    async (_where, runs, failures, isTold) => {
      for (const [outcome, hoursAgo] of runs) await run(outcome, hoursAgo);
      const { seen } = await look();
      expect(seen?.failures).toBe(failures);
      expect(overdue()).toHaveLength(isTold ? 1 : 0);
    },
  );

  it('tells once of the same overdue backup, whichever instance looks, and again of the next', async () => {
    await run('succeeded', 60);
    await Promise.all([look(), look(), look()]);
    await look();
    expect(overdue()).toEqual([expect.objectContaining({ event: 'sys_monitor_disabled', level: 'HIGH' })]);
    await run('succeeded', 30);
    await look();
    expect(overdue()).toHaveLength(2);
  });

  it('cannot be deceived by the service: its role writes no run', async () => {
    const service = stage.connect();
    const forged = service.query
      .insertInto('backups')
      .values({ started_at: new Date(), outcome: 'succeeded' })
      .execute();
    await expect(forged).rejects.toThrow('permission denied');
  });
});
