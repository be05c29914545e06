import { ask } from '../../bench/support/service.ts';
import { repeat, Statuses, type Scenario } from '../scenario.ts';

const lanes = 6;
const attack = "' OR 1=1 --; <script>alert(1)</script>";

/** What writes security events: invalid tokens, malicious text, reports of browsers, each from an address of its own. */
export const securityEvents: Scenario = {
  name: 'security events',
  while: `invalid tokens, malicious texts and reports of browsers come on ${lanes} connections, each from another address`,
  timesAtMost: 4,
  begin(service) {
    const statuses = new Statuses();
    const kinds = [
      (at: number) => ask(service.url, { path: '/api/v1/auth/me', token: `a.b.${at}`, at }),
      (at: number) => ask(service.url, { path: `/api/v1/models?q=${encodeURIComponent(attack)}`, at }),
      (at: number) =>
        ask(service.url, {
          method: 'POST',
          path: '/api/v1/csp-report',
          body: { 'csp-report': { 'effective-directive': 'script-src', 'blocked-uri': 'inline' } },
          at,
        }),
    ];
    const stop = repeat(lanes, async (lane, at) => {
      const answer = await kinds[at % kinds.length]?.(1_000_000 + lane * 100_000 + at);
      if (answer !== undefined) statuses.add(answer.status);
    });
    return Promise.resolve(async () => {
      await stop();
      return {
        text: `${statuses.total} requests (${String(statuses)})`,
        faults: statuses.faults([204, 400, 401, 403, 422, 429], [401]),
      };
    });
  },
};
