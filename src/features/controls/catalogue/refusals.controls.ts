import type { Answer, OutsideFacts } from '../facts/outside-facts.js';
import { fail, holds, outside, pass, recorded, type Control, type Finding } from './control.js';

/** Each of several answers has one of the statuses. */
function allAre(answers: readonly Answer[], statuses: readonly number[]): Finding {
  const other = answers.filter(({ status }) => !statuses.includes(status));
  if (answers.length === 0) return fail('nothing was asked');
  return holds(
    other.length === 0,
    (other.length === 0 ? answers : other)
      .map(({ request, status }) => `${request}: ${String(status)}`)
      .join(', '),
  );
}

const allowed = (answer: Answer): string => answer.headers['access-control-allow-origin'] ?? 'none';

/** A route of persons exists and is closed without a token. */
const closed = (title: string, route: string): Control => ({
  title,
  remedy: 'Nothing before the service may answer it; a deploy of an older version may lack it.',
  check: outside((see) => {
    const answer = see('personalRoutes')[route];
    return answer === undefined
      ? fail(`${route} was not asked`)
      : holds(answer.status === 401, `${route}: ${String(answer.status)}`);
  }),
});

/** An event that the service recorded of a request that the audit made. */
const eventOf = (title: string, name: string): Control => ({
  title,
  remedy: 'Look at GET /api/v1/admin/security/events, and for EVENTS not kept in the log.',
  check: recorded((see) => {
    const names = see('events');
    return holds(
      names.includes(name),
      names.includes(name) ? name : `no ${name} among ${names.join(', ') || 'none'}`,
    );
  }),
});

const refusedWith =
  (fact: 'forgedToken' | 'unsignedToken', status: number) =>
  (see: <Name extends keyof OutsideFacts>(name: Name) => OutsideFacts[Name]): Finding => {
    const answer = see(fact);
    return holds(answer.status === status, `${answer.request}: ${String(answer.status)}`);
  };

export const refusalsControls = {
  'cors/stranger': {
    title: 'An origin that nobody allowed is not answered as one that is',
    remedy: 'Set CORS_ORIGINS; look for a proxy that adds Access-Control-Allow-Origin.',
    check: outside((see) => {
      const [simple, preflight] = [allowed(see('strangeOrigin')), allowed(see('strangePreflight'))];
      return holds(
        simple === 'none' && preflight === 'none',
        `allowed origin: ${simple}, of a preflight: ${preflight}`,
      );
    }),
  },
  'authentication/forged-token': {
    title: 'A token with a wrong signature is refused',
    remedy: 'Nothing before the service may answer /api/v1.',
    check: outside(refusedWith('forgedToken', 401)),
  },
  'authentication/unsigned-token': {
    title: 'A token without a signature (alg none) is refused',
    remedy: 'Nothing before the service may answer /api/v1.',
    check: outside(refusedWith('unsignedToken', 401)),
  },
  'authentication/open-routes': {
    title: 'Routes of persons are closed without a token',
    remedy: 'npm run routes prints which route is open to whom.',
    check: outside((see) => {
      // Those with a control of their own are judged by it.
      const routes = Object.entries(see('personalRoutes')).filter(
        ([route]) => !/\/privacy\/|\/mfa\//.test(route),
      );
      return allAre(
        routes.map(([, answer]) => answer),
        [401],
      );
    }),
  },
  'authorisation/admin-routes': {
    title: 'Routes of administrators are closed without a token',
    remedy: 'npm run routes prints which route is open to whom.',
    check: outside((see) => allAre(see('adminRoutes'), [401, 403])),
  },
  'operators/basic-authentication': {
    title: 'Routes of operators ask for credentials',
    remedy: 'Nothing before the service may answer /ops and /metrics.',
    check: outside((see) => allAre(see('operatorRoutes'), [401, 403])),
  },
  'operators/apart': {
    title: 'Routes of operators stand apart from the API',
    remedy: 'No proxy may map /ops into /api/v1.',
    check: outside((see) => allAre(see('misplacedOperatorRoutes'), [404])),
  },
  'limits/enforced': {
    title: 'A limit refuses with 429 and says when to come again',
    remedy:
      'Look at docs/security-model.md, limits; a proxy in front must pass on the address of the client.',
    check: outside((see) => {
      const signIns = see('signIns');
      const refused = signIns.findIndex(
        ({ status, headers }) => status === 429 && headers['retry-after'] !== undefined,
      );
      return refused >= 0
        ? pass(`sign-in ${String(refused + 1)} was refused with 429`)
        : fail(`none of ${String(signIns.length)} was: ${signIns.map(({ status }) => status).join(', ')}`);
    }),
  },
  'limits/told': {
    title: 'Answers tell their limit and what is left of it',
    remedy: 'Look for a proxy that takes RateLimit and X-RateLimit-* away.',
    check: outside((see) => {
      const { headers } = see('forgedToken');
      const names = ['ratelimit', 'ratelimit-policy', 'x-ratelimit-limit', 'x-ratelimit-remaining'];
      const missing = names.filter((name) => headers[name] === undefined);
      return holds(
        missing.length === 0,
        missing.length === 0 ? names.join(', ') : `without ${missing.join(', ')}`,
      );
    }),
  },
  'input/sql-injection': {
    title: 'A field with SQL is refused as any wrong value',
    remedy: 'Statements take values as parameters; look for a route of your own that does not.',
    check: outside((see) => {
      const { status } = see('sqlInjection');
      return holds([400, 401, 422, 429].includes(status), String(status));
    }),
  },
  'input/malformed': {
    title: 'A body that cannot be read is refused with 400',
    remedy: 'Nothing before the service may answer /api/v1.',
    check: outside((see) =>
      holds(see('unreadableBody').status === 400, String(see('unreadableBody').status)),
    ),
  },
  'input/large-body': {
    title: 'A body that is too large is refused with 413',
    remedy: 'Nothing before the service may take more than it does.',
    check: outside((see) => holds(see('largeBody').status === 413, String(see('largeBody').status))),
  },
  'input/long-headers': {
    title: 'Headers that are too long are refused with 431',
    remedy: 'Nothing before the service may take more than it does.',
    check: outside((see) =>
      holds([400, 431].includes(see('longHeaders').status), String(see('longHeaders').status)),
    ),
  },
  'input/methods': {
    title: 'The method TRACE is refused',
    remedy: 'Let the proxy refuse TRACE.',
    check: outside((see) =>
      holds([400, 404, 405, 501].includes(see('trace').status), String(see('trace').status)),
    ),
  },
  'privacy/export-route': closed('A person can have all its data exported', 'POST /api/v1/privacy/export'),
  'privacy/deletion-route': closed('A person can have all its data deleted', 'GET /api/v1/privacy/delete'),
  'privacy/consents-route': closed(
    'A person can give and take back consents',
    'GET /api/v1/privacy/consents',
  ),
  'privacy/do-not-sell-route': closed(
    'A person can object to a sale of its data',
    'GET /api/v1/privacy/do-not-sell',
  ),
  'authentication/second-factor-route': closed(
    'A person can add a second factor',
    'POST /api/v1/auth/mfa/enroll',
  ),
  'events/cors': eventOf('A request of an origin that nobody allowed is recorded', 'malicious_cors'),
  'events/forged-token': eventOf('A forged token is recorded', 'authz_fail'),
  'events/malicious-input': eventOf('A field with SQL is recorded', 'malicious_sqli'),
  'events/limits': eventOf('A refusal by a limit is recorded', 'excess_rate_limit_exceeded'),
} as const satisfies Record<string, Control>;
