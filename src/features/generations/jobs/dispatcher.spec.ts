import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../../test/support/process/wait-until.js';
import { Log } from '../../../observability/log.js';
import { Dispatcher } from './dispatcher.js';

/** The arguments of each claim. */
function stage(followsAtOnce: number) {
  const claims: number[] = [];
  type Parts = ConstructorParameters<typeof Dispatcher>;
  const provider = { circuit: 'closed', onChange: () => () => undefined } as unknown as Parts[0];
  const jobs = {
    takeQueued: () => Promise.resolve([]),
    takeDue: (limit: number) => {
      claims.push(limit);
      return Promise.resolve([]);
    },
    renew: () => Promise.resolve(),
  } as unknown as Parts[1];
  const ai = { isAllowedHere: true } as unknown as Parts[4];
  const dispatcher = new Dispatcher(provider, jobs, {} as Parts[2], {} as Parts[3], ai, Log.silent(), {
    generationFollowsAtOnce: followsAtOnce,
  });
  return { dispatcher, claims };
}

describe('the dispatcher of generations', () => {
  let stop = (): Promise<void> => Promise.resolve();
  afterEach(() => stop());

  it.each([1, 3, 200])(
    'claims %i to follow at a time where GENERATION_FOLLOWS_AT_ONCE says so',
    async (count) => {
      const { dispatcher, claims } = stage(count);
      stop = () => dispatcher.beforeApplicationShutdown();
      dispatcher.onApplicationBootstrap();
      await until(() => claims.length > 0, 'a claim');
      expect(claims[0]).toBe(count);
    },
  );

  it('claims nothing before it was started, though it is woken', async () => {
    const { dispatcher, claims } = stage(1);
    dispatcher.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(claims).toEqual([]);
  });
});
