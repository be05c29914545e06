import { describe, expect, it } from '@jest/globals';
import type { Config } from '../../../config/config.js';
import { keyWatchPolicy } from '../../../config/policy/operations/key-watch.js';
import { HandClock } from '../../../test/support/clock/hand-clock.js';
import { Log } from '../../observability/log.js';
import { SecurityEvents } from '../../observability/security-events.js';
import type { PageAccess } from '../../ports/delivery/page-access.js';
import type { KeyWatchRepository } from './key-watch.repository.js';
import type { KeyWatch } from './key-watch.service.js';
import { KeyWatchTask } from './key-watch.task.js';

/** An instance that never gets the turn, and how often it asked for it. */
function instance(messenger: unknown) {
  const clock = new HandClock();
  const counts = { met: 0, asked: 0 };
  const watch: Pick<KeyWatch, 'meet'> = {
    meet: () => {
      counts.met++;
      return Promise.resolve([]);
    },
  };
  const repository: Pick<KeyWatchRepository, 'claimPage'> = {
    claimPage: () => {
      counts.asked++;
      return Promise.resolve(false);
    },
  };
  const log = Log.silent();
  const task = new KeyWatchTask(
    { messenger } as Config,
    watch as KeyWatch,
    repository as KeyWatchRepository,
    {} as PageAccess,
    new SecurityEvents(log),
    log,
    clock,
  );
  const looks = async (times: number): Promise<void> => {
    for (let look = 0; look < times; look++) {
      await task.run(new AbortController().signal);
      clock.time += keyWatchPolicy.lookEveryMs;
    }
  };
  return { counts, looks };
}

describe('the watch over keys', () => {
  const perMinute = keyWatchPolicy.withoutPageLookEveryMs / keyWatchPolicy.lookEveryMs;

  it('asks the database at every look where there is a page', async () => {
    const { counts, looks } = instance({ page: { id: '1' } });
    await looks(perMinute);
    expect(counts).toEqual({ met: perMinute, asked: perMinute });
  });

  it.each([null, { page: null }])(
    'asks it at once and then once a minute without one (%j)',
    async (messenger) => {
      const { counts, looks } = instance(messenger);
      await looks(1);
      expect(counts.asked).toBe(1);
      await looks(perMinute * 3 - 1);
      expect(counts).toEqual({ met: perMinute * 3, asked: 3 });
      await looks(1);
      expect(counts.asked).toBe(4);
    },
  );
});
