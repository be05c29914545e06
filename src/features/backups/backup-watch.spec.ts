import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { backupPolicy } from '../../../config/policy/operations/backup.js';
import { Secret } from '../../../config/values/secret.js';
import { HandClock } from '../../../test/support/clock/hand-clock.js';
import { auditSettings, newAuditKey } from '../../../test/support/database/audit-log.js';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import { Log } from '../../observability/log.js';
import { SecurityEvents, type SecurityEvent } from '../../observability/security-events.js';
import { BackupWatch } from './backup-watch.js';
import { BackupTarget } from '../../ports/backup/backup-target.js';
import { BackupsRepository } from './backups.repository.js';
import { selfTestNameOf, selfTestText, type SelfTestResult } from './self-test/self-test-result.js';
import { forgetSelfTests } from './self-test/self-test-results.js';
import { SelfTestWatch } from './self-test/self-test-watch.js';

/** A target in memory. */
class KeptTarget extends BackupTarget {
  readonly label = 'memory';
  readonly parts = new Map<string, string>();
  put = () => Promise.reject(new Error('the service puts nothing there'));
  read = (name: string) => {
    const text = this.parts.get(name);
    return Promise.resolve(text === undefined ? null : Readable.from([Buffer.from(text)]));
  };
  async *list(folder: string) {
    for (const [name, text] of [...this.parts].sort(([a], [b]) => (a < b ? -1 : 1)))
      if (name.startsWith(`${folder}/`)) yield await Promise.resolve({ name, bytes: text.length });
  }
  remove = (names: readonly string[]) => {
    for (const name of names) this.parts.delete(name);
    return Promise.resolve();
  };
}

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

  describe('their self-tests', () => {
    const now = Date.now();
    const key = newAuditKey();
    const clock = new HandClock(now);
    let target: KeptTarget;
    beforeEach(async () => {
      target = new KeptTarget();
      await stage.asOwner('update velro.backup_watch set self_test_told_for = null');
    });
    const resultOf = (daysAgo: number, isPassed = true): SelfTestResult => ({
      at: new Date(now - daysAgo * 86_400_000).toISOString(),
      isPassed,
      backup: null,
      ageHours: null,
      seconds: 1,
      checks: [],
    });
    const keep = (result: SelfTestResult, by = key, name = selfTestNameOf(result)): void => {
      target.parts.set(name, selfTestText(result, by));
    };
    const lookAt = async (isConfigured = true, keys = { current: key, previous: null as Secret | null }) => {
      const backup = isConfigured ? { target: new Secret('https://bucket'), recipient: 'age1' } : null;
      const config = { backup, audit: { ...auditSettings(), key: keys } };
      const watch = new SelfTestWatch(config, target, repository, clock, events, Log.silent());
      await watch.run();
      return watch.seen;
    };
    const told = () => heard.filter(({ text }) => text === 'BACKUP self-test overdue');

    it.each<[string, () => unknown, number | null, number, boolean]>([
      [
        'one passed a week ago',
        () => {
          keep(resultOf(7));
        },
        7,
        0,
        false,
      ],
      [
        'the last one passed nine days ago',
        () => {
          keep(resultOf(9));
          keep(resultOf(16));
        },
        9,
        0,
        true,
      ],
      ['none ever was, and backups are new', () => undefined, null, 0, false],
      ['none ever was, and backups are old', () => run('succeeded', 24 * 9), null, 0, true],
      [
        'the last ones failed',
        () => {
          keep(resultOf(7));
          keep(resultOf(2, false));
          keep(resultOf(1, false));
        },
        7,
        2,
        false,
      ],
      [
        'the last passed one was written by somebody else',
        () => {
          keep(resultOf(9));
          keep(resultOf(1), newAuditKey());
        },
        9,
        0,
        true,
      ],
      [
        'an old one was put under a new name, which would hide one that failed',
        () => {
          keep(resultOf(9));
          keep(resultOf(2, false));
          keep(resultOf(9), key, selfTestNameOf(resultOf(1)));
        },
        9,
        1,
        true,
      ],
      [
        'one is of a clock that is a day ahead',
        () => {
          keep(resultOf(9));
          keep(resultOf(-1));
        },
        9,
        0,
        true,
      ],
      [
        'the newest is no result',
        () => {
          keep(resultOf(9));
          target.parts.set(selfTestNameOf(resultOf(1)), '{"result":7}');
        },
        9,
        0,
        true,
      ],
      [
        'the newest is longer than any',
        () => {
          keep(resultOf(9));
          target.parts.set(selfTestNameOf(resultOf(1)), ' '.repeat(100_000));
        },
        9,
        0,
        true,
      ],
    ])('are seen where %s, and overdue ones told of', async (_where, make, daysAgo, failures, isTold) => {
      await make();
      const seen = await lookAt();
      expect(seen).toEqual({
        lastPassed: daysAgo === null ? null : new Date(now - daysAgo * 86_400_000),
        failures,
      });
      expect(told()).toHaveLength(isTold ? 1 : 0);
    });

    it('are told of once, whichever instance looks, and not where no target is configured', async () => {
      keep(resultOf(9));
      expect(await lookAt(false)).toBeNull();
      expect(told()).toEqual([]);
      await Promise.all([lookAt(), lookAt(), lookAt()]);
      expect(told()).toEqual([expect.objectContaining({ event: 'sys_monitor_disabled', level: 'HIGH' })]);
    });

    it('are accepted by the key before the last rotation', async () => {
      keep(resultOf(1));
      expect((await lookAt(true, { current: newAuditKey(), previous: key }))?.lastPassed).not.toBeNull();
    });

    it('are forgotten but for the newest', async () => {
      for (let days = 0; days < 65; days++) keep(resultOf(days));
      await forgetSelfTests(target);
      expect([...target.parts.keys()].sort()).toEqual(
        Array.from({ length: backupPolicy.keptSelfTests }, (_, days) =>
          selfTestNameOf(resultOf(days)),
        ).sort(),
      );
    });
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
