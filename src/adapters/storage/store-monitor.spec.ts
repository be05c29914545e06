import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../test/support/process/wait-until.js';
import { StoreMonitor } from './store-monitor.js';

const everyMs = 20;

describe('the health of a storage', () => {
  let monitor: StoreMonitor;
  let trials = 0;
  let looks = 0;
  let trial: () => Promise<void> = () => Promise.resolve();
  let hasRoom = true;
  const open = () => {
    [trials, looks, hasRoom] = [0, 0, true];
    const changes: [boolean, unknown][] = [];
    monitor = new StoreMonitor(
      {
        tryOut: () => {
          trials++;
          return trial();
        },
        hasRoom: () => {
          looks++;
          return Promise.resolve(hasRoom);
        },
      },
      everyMs,
    );
    monitor.listen((up, cause) => changes.push([up, cause]));
    monitor.open();
    return changes;
  };
  const looked = async (count = 3): Promise<void> => {
    const from = looks;
    await until(() => looks >= from + count, 'a few looks');
  };
  const full = new Error('full');
  afterEach(async () => {
    await monitor.close();
  });

  it('is up, and nothing is written to find that out', async () => {
    const changes = open();
    monitor.accepted();
    await looked();
    expect([monitor.isUp(), trials, changes]).toEqual([true, 0, []]);
  });

  it('is down from the first refusal on, said once however many follow, and up after a trial that succeeds', async () => {
    trial = () => Promise.reject(new Error('still full'));
    const changes = open();
    for (let count = 0; count < 100; count++) monitor.refused(full);
    expect(monitor.isUp()).toBe(false);
    await looked();
    expect(changes).toEqual([[false, full]]);
    const before = [trials, looks];
    await looked();
    expect(trials - (before[0] ?? 0)).toBeLessThanOrEqual(looks - (before[1] ?? 0));
    trial = () => Promise.resolve();
    await until(() => monitor.isUp(), 'an end of it');
    expect(changes).toEqual([
      [false, full],
      [true, undefined],
    ]);
    const after = trials;
    await looked();
    expect(trials).toBe(after);
  });

  it('is up after an object that was taken, without a trial', async () => {
    trial = () => Promise.reject(full);
    open();
    monitor.refused(full);
    monitor.accepted();
    expect(monitor.isUp()).toBe(false);
    await until(() => monitor.isUp(), 'an end of it');
    expect(trials).toBe(0);
  });

  it('stays down when an object is refused during a trial that succeeds', async () => {
    let refuse = true;
    trial = () => {
      if (refuse) monitor.refused(full);
      return Promise.resolve();
    };
    open();
    monitor.refused(full);
    await until(() => trials >= 3, 'a few trials');
    expect(monitor.isUp()).toBe(false);
    refuse = false;
    await until(() => monitor.isUp(), 'an end of it');
  });

  it('is down while there is no room, before anything is refused, and tries nothing then', async () => {
    trial = () => Promise.resolve();
    const changes = open();
    hasRoom = false;
    await until(() => !monitor.isUp(), 'a look');
    monitor.accepted();
    monitor.refused(full);
    await looked();
    expect([trials, changes.map(([up]) => up)]).toEqual([0, [false]]);
    hasRoom = true;
    await until(() => monitor.isUp(), 'an end of it');
    expect(changes.map(([up]) => up)).toEqual([false, true]);
  });

  it('is told at once to who listens while it is down', () => {
    open();
    monitor.refused(full);
    const heard: unknown[] = [];
    monitor.listen((up, cause) => heard.push(up, cause));
    expect(heard).toEqual([false, full]);
  });
});
