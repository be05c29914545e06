import { randomUUID } from 'node:crypto';
import { signingSecret, underForeignKey, withClaims } from '../tokens/forged-tokens.js';
import type { Visitor } from '../http/http.js';
import type { Account } from '../process/service.js';
import { asUser, type EventRow, type EventStage } from './event-stage.js';

const repeated = async (count: number, act: () => Promise<unknown>): Promise<void> => {
  for (let done = 0; done < count; done++) await act();
};
const session = (visitor: Visitor, token: string) => visitor.call('/api/v1/auth/session', { token });
const seconds = (): number => Math.floor(Date.now() / 1000);

/** Shows a token that is made from a good one. */
const shown =
  (make: (account: Account, stage: EventStage) => string | Promise<string>): EventRow['arrange'] =>
  async (stage) => {
    const token = await make(await stage.person(), stage);
    return () => session(stage.visitor(), token);
  };
const claimed = (changes: () => Record<string, unknown>) =>
  shown(({ token }, { service }) => withClaims(signingSecret(service.home), token, changes()));
const keyOf = async (account: Account, body: object = {}): Promise<{ id: string; key: string }> => {
  const order = { name: 'robot', scopes: ['account:read'], ...body };
  const { json } = await asUser(account, '/api-keys', { body: order });
  return { id: String(json.id), key: String(json.key) };
};

const violation = (
  reason: string,
  event: EventRow['event'],
  level: EventRow['level'],
  arrange: EventRow['arrange'],
): EventRow => ({
  text: `AUTH-MIDDLEWARE VIOLATION ${reason}`,
  event,
  level,
  by: 'a token or key that is refused',
  arrange,
});

const tokens: readonly EventRow[] = [
  violation(
    'malformed',
    'authz_fail',
    'MEDIUM',
    shown(() => 'invalid-token'),
  ),
  violation(
    'signature',
    'authz_fail',
    'HIGH',
    shown(({ token }) => underForeignKey(token)),
  ),
  violation(
    'claims',
    'authz_fail',
    'MEDIUM',
    claimed(() => ({ aud: 'other' })),
  ),
  violation(
    'expired',
    'session_use_after_expire',
    'LOW',
    claimed(() => ({ iat: seconds() - 2000, nbf: seconds() - 2000, exp: seconds() - 1100 })),
  ),
  violation(
    'revoked',
    'authn_token_reuse',
    'MEDIUM',
    shown(async (account) => {
      await asUser(account, '/auth/logout', { body: {} });
      return account.token;
    }),
  ),
  violation(
    'key_revoked',
    'authn_token_reuse',
    'MEDIUM',
    shown(async (account) => {
      const { id, key } = await keyOf(account);
      await asUser(account, `/api-keys/${id}`, { method: 'DELETE' });
      return key;
    }),
  ),
  violation(
    'key_address',
    'authz_fail',
    'HIGH',
    shown(async (account) => {
      const { key } = await keyOf(account, { addresses: ['192.0.2.1'] });
      return key;
    }),
  ),
  {
    text: 'AUTHORIZATION role refused',
    event: 'authz_fail',
    level: 'MEDIUM',
    by: 'a user on a route of administrators',
    arrange: async (stage) => {
      const { token } = await stage.person();
      return () => stage.allowed().call('/api/v1/admin/users', { token });
    },
  },
  {
    text: 'AUTHORIZATION scope missing',
    event: 'authz_fail',
    level: 'MEDIUM',
    by: 'a key without the scope of the route',
    arrange: async (stage) => {
      const account = await stage.person();
      const { key } = await keyOf(account);
      return () => account.visitor.call('/api/v1/generations', { token: key });
    },
  },
  {
    text: 'AUTHORIZATION step-up required',
    event: 'authz_fail',
    level: 'LOW',
    by: 'a token whose proof of identity is an hour old',
    arrange: async (stage) => {
      const { token, visitor } = await stage.person();
      const stale = withClaims(signingSecret(stage.service.home), token, { auth_time: seconds() - 3600 });
      return () => visitor.call('/api/v1/auth/mfa/enroll', { method: 'POST', token: stale });
    },
  },
];

const probe = (
  text: string,
  event: EventRow['event'],
  level: EventRow['level'],
  by: string,
  act: (visitor: Visitor) => Promise<unknown>,
  before: (visitor: Visitor) => Promise<unknown> = () => Promise.resolve(),
): EventRow => ({
  text,
  event,
  level,
  by,
  arrange: async (stage) => {
    const visitor = stage.visitor();
    await before(visitor);
    return () => act(visitor);
  },
});

const unknownPath = (visitor: Visitor) => visitor.call(`/${randomUUID()}`);
const written = (visitor: Visitor, text: string) =>
  visitor.call('/api/v1/auth/login', { body: { email: 'ada@example.com', password: 'x', note: text } });

const probes: readonly EventRow[] = [
  probe('PROBE attack tool', 'malicious_attack_tool', 'MEDIUM', 'the agent of one', (visitor) =>
    visitor.call('/health', { headers: { 'user-agent': 'sqlmap/1.8' } }),
  ),
  probe('PROBE foreign origin', 'malicious_cors', 'LOW', 'a page of another site', (visitor) =>
    visitor.call('/health', { headers: { origin: 'https://malicious-site.com' } }),
  ),
  probe('PROBE honeypot', 'malicious_extraneous', 'MEDIUM', 'a request for /.env', (visitor) =>
    visitor.call('/.env'),
  ),
  probe(
    'PROBE flood of unknown paths',
    'malicious_excess_404',
    'MEDIUM',
    'the twentieth unknown path in a minute',
    unknownPath,
    (visitor) => repeated(19, () => unknownPath(visitor)),
  ),
  probe('MALICIOUS-INPUT detected', 'malicious_sqli', 'MEDIUM', 'SQL in a body', (visitor) =>
    written(visitor, "' union select password from users--"),
  ),
  probe('MALICIOUS-INPUT detected', 'malicious_extraneous', 'MEDIUM', 'a script in a body', (visitor) =>
    written(visitor, '<script>alert(document.cookie)</script>'),
  ),
  probe('BROWSER content security policy violated', 'malicious_csp_violation', 'LOW', 'a report', (visitor) =>
    visitor.call('/api/v1/csp-report', { body: { 'csp-report': { 'effective-directive': 'script-src' } } }),
  ),
  probe('WEBHOOK signature refused', 'authz_fail', 'MEDIUM', 'a callback without a good link', (visitor) =>
    visitor.call(`/api/v1/webhooks/fal?job=${randomUUID()}&proof=x`, {
      body: {},
      headers: {
        'x-fal-webhook-request-id': 'a',
        'x-fal-webhook-user-id': 'a',
        'x-fal-webhook-timestamp': String(seconds()),
        'x-fal-webhook-signature': 'a',
      },
    }),
  ),
];

const limited = (rule: string, limit: number, hit: (visitor: Visitor) => Promise<unknown>): EventRow =>
  probe(
    `RATE-LIMITER ${rule} exceeded`,
    'excess_rate_limit_exceeded',
    'MEDIUM',
    `request ${limit + 1} of one address`,
    hit,
    (visitor) => repeated(limit, () => hit(visitor)),
  );

const limits: readonly EventRow[] = [
  limited('auth_login', 3, (visitor) => visitor.call('/api/v1/auth/login')),
  limited('auth_register', 2, (visitor) => visitor.call('/api/v1/auth/register')),
  limited('password_reset', 3, (visitor) => visitor.call('/api/v1/auth/password-reset')),
  limited('api_standard', 100, (visitor) => visitor.call('/api/v1/auth/me')),
];

const forged = async (stage: EventStage, count: number): Promise<() => Promise<unknown>> => {
  const { token } = await stage.person();
  const thief = stage.visitor();
  const show = () => session(thief, underForeignKey(token));
  await repeated(count, show);
  return show;
};

const threat = (
  level: EventRow['level'],
  attack: string,
  event: EventRow['event'],
  by: string,
  arrange: EventRow['arrange'],
): EventRow => ({ text: `THREAT ${level} ${attack}`, event, level, by, arrange });

/** The level rises with the last of so many acts from one address; what the first ones weigh has faded a little by then. */
const rising =
  (count: number, act: (visitor: Visitor, stage: EventStage) => Promise<unknown>): EventRow['arrange'] =>
  async (stage) => {
    const visitor = stage.visitor();
    await repeated(count - 1, () => act(visitor, stage));
    return () => act(visitor, stage);
  };

const threats: readonly EventRow[] = [
  ...(['MEDIUM', 'HIGH', 'CRITICAL'] as const).map((level, before) =>
    threat(level, 'authentication_bypass', 'authz_fail', `forged token number ${before + 1}`, (stage) =>
      forged(stage, before),
    ),
  ),
  threat('MEDIUM', 'brute_force_attack', 'authn_login_lock', 'six refused logins', async (stage) => {
    const { email } = await stage.person();
    const [visitor, body] = [stage.visitor(), { email, password: 'wrong' }];
    // Two at a login, then four at accounts of their own: one account alone is refused after three.
    const guess = (at: number) =>
      visitor.call('/api/v1/auth/login', {
        body: at < 2 ? body : { ...body, email: `${randomUUID()}@example.com` },
      });
    for (let at = 0; at < 5; at++) await guess(at);
    return () => guess(5);
  }),
  threat(
    'MEDIUM',
    'reconnaissance',
    'malicious_attack_tool',
    'a honeypot',
    rising(1, (visitor) => visitor.call('/.env')),
  ),
  threat(
    'MEDIUM',
    'malicious_input',
    'malicious_extraneous',
    'three bodies with SQL',
    rising(3, (visitor) => written(visitor, "' union select password from users--")),
  ),
  threat(
    'MEDIUM',
    'rate_limit_violation',
    'excess_rate_limit_exceeded',
    'eleven refusals by a limit',
    rising(14, (visitor) => visitor.call('/api/v1/auth/login')),
  ),
];

export const perimeterEvents: readonly EventRow[] = [...tokens, ...probes, ...limits, ...threats];
