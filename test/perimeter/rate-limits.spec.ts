import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { administrator } from '../support/accounts/authenticator.js';
import { basic } from '../support/accounts/operator.js';
import type { Answer, Visitor } from '../support/http/http.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';

const wrong = 'wrong-otter-paints-9-quiet-bridges';
const nobody = '00000000-0000-4000-8000-000000000000';

/** One request of a bucket; what it is answered with below the limit does not matter. */
type Hit = () => Promise<Answer>;
/** A rule, its bucket, its number, and how to come to a bucket that nothing else fills. */
type Row = readonly [rule: string, bucket: string, limit: number, prepare: () => Promise<Hit> | Hit];

describe('a rate limit', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(async () => {
    await service.discard();
  });

  const someone = (): string => `${randomUUID()}@example.com`;
  const login = (visitor: Visitor, email: string) =>
    visitor.call('/api/v1/auth/login', { body: { email, password: wrong } });
  const asUser = ({ visitor, token }: Account, path: string, body?: unknown) =>
    visitor.call(`/api/v1${path}`, { token, ...(body === undefined ? {} : { body }) });
  /** From one address: the visitor. */
  const fromOneAddress = (hit: (visitor: Visitor) => Promise<Answer>) => (): Hit => {
    const visitor = service.visitor();
    return () => hit(visitor);
  };
  /** Of one person, from an address of its own each time. */
  const byOnePerson = (hit: (account: Account) => Promise<Answer>) => async (): Promise<Hit> => {
    const account = await signUp(service);
    return () => hit({ ...account, visitor: service.visitor() });
  };
  const [right, order] = [
    { authorization: basic('operator', 'wrong') },
    { model_id: 'none', prompt: 'fog' },
  ] as const;

  const rows: readonly Row[] = [
    [
      'auth_login',
      'failures of one address at one account',
      3,
      () => {
        const [visitor, email] = [service.visitor(), someone()];
        return () => login(visitor, email);
      },
    ],
    [
      'auth_login',
      'failures of one address at any accounts',
      20,
      fromOneAddress((visitor) => login(visitor, someone())),
    ],
    [
      'auth_login',
      'requests of one address that name no account',
      3,
      fromOneAddress((visitor) => visitor.call('/api/v1/auth/login', { body: {} })),
    ],
    [
      'auth_login',
      'requests of one address by another method',
      3,
      fromOneAddress((visitor) => visitor.call('/api/v1/auth/login')),
    ],
    [
      'auth_login',
      'failures of one address as operator',
      10,
      fromOneAddress((visitor) => visitor.call('/ops/telemetry', { headers: right })),
    ],
    [
      'auth_register',
      'one address',
      2,
      fromOneAddress((visitor) => visitor.call('/api/v1/auth/register', { body: {} })),
    ],
    [
      'auth_register',
      'one address by another method',
      2,
      fromOneAddress((visitor) => visitor.call('/api/v1/auth/register')),
    ],
    [
      'password_reset',
      'resets of one address for any accounts',
      3,
      fromOneAddress((visitor) =>
        visitor.call('/api/v1/auth/password-reset', { body: { email: someone() } }),
      ),
    ],
    [
      'password_reset',
      'mails again for one address for any accounts',
      3,
      fromOneAddress((visitor) => visitor.call('/api/v1/auth/email-resend', { body: { email: someone() } })),
    ],
    [
      'password_reset',
      'wrong passwords of one session at step-up',
      3,
      byOnePerson((account) => asUser(account, '/auth/step-up', { password: wrong })),
    ],
    [
      'password_reset',
      'password changes of one session',
      3,
      byOnePerson((account) =>
        asUser(account, '/auth/password-change', {
          current_password: wrong,
          new_password: 'seven-quiet-herons-cross-the-yard',
        }),
      ),
    ],
    [
      'auth_refresh',
      'one session',
      20,
      async () => {
        let { refreshToken } = await signUp(service);
        return async () => {
          const body = { refresh_token: refreshToken };
          const answer = await service.visitor().call('/api/v1/auth/refresh', { body });
          if (answer.status === 200) refreshToken = answer.json.refresh_token as string;
          return answer;
        };
      },
    ],
    [
      'auth_refresh',
      'one address with what is no refresh token',
      60,
      fromOneAddress((visitor) => visitor.call('/api/v1/auth/refresh', { body: { refresh_token: 'x' } })),
    ],
    [
      'auth_refresh',
      'one address with made-up tokens of any sessions',
      60,
      fromOneAddress((visitor) =>
        visitor.call('/api/v1/auth/refresh', {
          body: { refresh_token: randomBytes(48).toString('base64url') },
        }),
      ),
    ],
    ['generation_create', 'one person', 10, byOnePerson((account) => asUser(account, '/generations', order))],
    [
      'generation_create',
      'retries of one person',
      10,
      byOnePerson((account) => asUser(account, `/generations/${nobody}/retry`, {})),
    ],
    ['api_standard', 'one person', 100, byOnePerson((account) => asUser(account, '/auth/session'))],
    [
      'api_standard',
      'one address without a token on an open route',
      100,
      fromOneAddress((visitor) => visitor.call('/api/v1/models')),
    ],
    [
      'api_standard',
      'one address without a token on a closed route',
      100,
      fromOneAddress((visitor) => visitor.call('/api/v1/auth/session')),
    ],
    [
      'api_standard',
      'refused tokens of one address',
      100,
      fromOneAddress((visitor) => visitor.call('/api/v1/auth/session', { token: 'invalid-token' })),
    ],
    [
      'api_standard',
      'one address without credentials on a route of the operator',
      100,
      fromOneAddress((visitor) => visitor.call('/ops/telemetry')),
    ],
    [
      'api_standard',
      'unknown paths of one address',
      100,
      fromOneAddress((visitor) => visitor.call(`/${randomUUID()}`)),
    ],
    [
      'api_standard',
      'callbacks of one address that nobody signed',
      100,
      fromOneAddress((visitor) => visitor.call('/api/v1/webhooks/fal', { body: {} })),
    ],
    [
      'admin',
      'one administrator',
      100,
      async () => {
        const { token } = await administrator(service, 'super_admin');
        return () => service.visitor().call('/api/v1/admin/users?limit=1', { token });
      },
    ],
  ];

  it.each(rows)('%s: of %s, %i pass and the next is refused', async (rule, _bucket, limit, prepare) => {
    const hit = await prepare();
    const passed: number[] = [];
    for (let count = 0; count < limit; count++) passed.push((await hit()).status);
    expect(passed.filter((status) => status === 429 || status >= 500)).toEqual([]);
    const { status, json, headers } = await hit();
    expect([status, json.code]).toEqual([429, 'rate_limit_exceeded']);
    expect(headers['ratelimit-policy']).toContain(`"${rule}";q=${limit};`);
  });
});
