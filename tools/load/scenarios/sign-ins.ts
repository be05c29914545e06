import { randomUUID } from 'node:crypto';
import { ask } from '../../bench/support/service.ts';
import { repeat, Statuses, type Scenario } from '../scenario.ts';

/** Each sign-in derives a key from a password, which is what they cost. */
export const signIns: Scenario = {
  name: 'sign-ins',
  while: 'sign-ins with a wrong password come on four connections without a pause',
  timesAtMost: 4,
  begin(service) {
    const statuses = new Statuses();
    const stop = repeat(4, async (lane, at) => {
      const { status } = await ask(service.url, {
        method: 'POST',
        path: '/api/v1/auth/login',
        body: { email: `${randomUUID()}@example.com`, password: 'wrong-otter-paints-9-quiet-bridges' },
        at: 100_000 + lane * 100_000 + at,
      });
      statuses.add(status);
    });
    return Promise.resolve(async () => {
      await stop();
      return { text: `${statuses.total} sign-ins (${String(statuses)})`, faults: statuses.faults([401]) };
    });
  },
};
