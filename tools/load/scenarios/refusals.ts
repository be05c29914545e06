import { ask, register } from '../../bench/support/service.ts';
import { repeat, Statuses, type Scenario } from '../scenario.ts';

const lanes = 8;

/** One person far above the limit. */
export const refusals: Scenario = {
  name: 'refusals',
  while: `one account asks on ${lanes} connections without a pause, and is refused above its limit`,
  timesAtMost: 4,
  async begin(service) {
    const token = await register(service, 800_000);
    const statuses = new Statuses();
    const stop = repeat(lanes, async (lane) => {
      const { status } = await ask(service.url, { path: '/api/v1/generations', token, at: 800_001 + lane });
      statuses.add(status);
    });
    return async () => {
      await stop();
      return {
        text: `${statuses.total} requests (${String(statuses)})`,
        faults: statuses.faults([200, 403, 429], [429]),
      };
    };
  },
};
