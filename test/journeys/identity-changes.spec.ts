import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allScopes } from '../support/accounts/api-keys.js';
import { codeAt, now, steadyMoment } from '../support/accounts/authenticator.js';
import { ask } from '../support/database/database.js';
import { SupabaseBeside } from '../support/supabase/supabase-beside.js';
import { claimsIn } from '../support/tokens/forged-tokens.js';
import { password, Service, signUp } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';
import { until } from '../support/process/wait-until.js';
import { HostedAuth } from '../support/supabase/hosted-auth.js';

const next = 'seven-quiet-herons-cross-the-yard';
const newAddress = (): string => `${randomUUID()}@example.com`;

describe('an account whose identity changes at the provider', () => {
  let auth: HostedAuth;
  let service: Service;
  beforeAll(async () => {
    auth = await HostedAuth.start();
    service = await Service.start({ ...auth.env, REQUIRE_EMAIL_VERIFICATION: 'true' });
  });
  afterAll(async () => {
    await service.discard();
    await auth.stop();
  });

  const post = (path: string, body: unknown, token?: string) =>
    service.visitor().call(`/api/v1/auth/${path}`, { body, ...(token === undefined ? {} : { token }) });
  const verified = async (email = newAddress()) => {
    await post('register', { email, password });
    await until(() => auth.tokensTo(email).length > 0, 'the mail');
    expect((await post('email-verify', { token: auth.tokensTo(email)[0], password })).status).toBe(204);
    const { json } = await post('login', { email, password });
    return {
      email,
      id: auth.find(email)?.id ?? '',
      token: json.access_token as string,
      refresh: json.refresh_token as string,
    };
  };
  const me = (token: unknown) => service.visitor().call('/api/v1/auth/me', { token: token as string });
  const moved = (email: string): string => {
    const [user, other] = [auth.find(email), newAddress()];
    if (user !== undefined) user.email = other;
    return other;
  };

  it('has its new address from the next refresh on; step-up and change of the password use it', async () => {
    const { email, refresh } = await verified();
    const other = moved(email);
    const renewed = await post('refresh', { refresh_token: refresh });
    expect([renewed.status, renewed.json.user.email]).toEqual([200, other]);
    const token = renewed.json.access_token as string;
    expect((await me(token)).json.email).toBe(other);
    expect((await post('step-up', { password }, token)).status).toBe(200);
    expect(
      (await post('password-change', { current_password: password, new_password: next }, token)).status,
    ).toBe(200);
  });

  it('has its new address from the next sign-in and from the next exchange on', async () => {
    const { email } = await verified();
    const other = moved(email);
    const signedIn = await post('login', { email: other, password });
    expect([signedIn.status, signedIn.json.user.email]).toEqual([200, other]);
    const third = moved(other);
    const exchanged = await post('exchange', { supabase_access_token: auth.login(third, 'oauth') });
    expect([exchanged.status, exchanged.json.user.email]).toEqual([200, third]);
  });

  it.each(['deleted', 'banned'] as const)('ends with its next refresh once it is %s there', async (how) => {
    const { email, token, refresh } = await verified();
    const body = { name: 'robot', scopes: allScopes };
    const key = await service.visitor().call('/api/v1/api-keys', { token, body });
    const user = auth.find(email);
    if (user !== undefined && how === 'banned') user.banned = true;
    if (user !== undefined && how === 'deleted') auth.users.splice(auth.users.indexOf(user), 1);
    expect((await me(token)).status).toBe(200);
    const refused = await post('refresh', { refresh_token: refresh });
    expect([refused.status, refused.json.code]).toEqual([401, 'refresh_token_invalid']);
    expect((await me(token)).status).toBe(401);
    expect((await me(key.json.key)).status).toBe(401);
    expect((await post('login', { email, password })).status).toBe(401);
    if (how === 'banned') {
      const exchanged = await post('exchange', { supabase_access_token: auth.login(email, 'oauth') });
      expect([exchanged.status, exchanged.json.code]).toEqual([401, 'exchange_refused']);
    }
  });

  it('does not end where something else than the provider answers that there is nothing', async () => {
    const { token, refresh } = await verified();
    auth.isMisrouted = true;
    try {
      expect((await post('refresh', { refresh_token: refresh })).status).toBe(200);
      expect((await me(token)).status).toBe(200);
    } finally {
      auth.isMisrouted = false;
    }
  });

  it('stays usable while the provider is away, for a day; then a refresh is answered with 503 and loses nothing', async () => {
    const { id, refresh } = await verified();
    auth.away = true;
    try {
      const usual = await post('refresh', { refresh_token: refresh });
      expect(usual.status).toBe(200);
      await ask(
        service.home,
        "update velro.users set identity_seen_at = now() - interval '25 hours' where id = $1",
        [id],
      );
      const refused = await post('refresh', { refresh_token: usual.json.refresh_token });
      expect([refused.status, refused.json.code]).toEqual([503, 'unavailable']);
      expect((await post('refresh', { refresh_token: usual.json.refresh_token })).status).toBe(503);
      auth.away = false;
      expect((await post('refresh', { refresh_token: usual.json.refresh_token })).status).toBe(200);
    } finally {
      auth.away = false;
    }
  });

  it('leaves no session open at the provider by any check of a password, a mail or a change', async () => {
    const before = auth.openSessions;
    const { email, token } = await verified();
    for (let round = 0; round < 3; round++) await post('login', { email, password });
    await post('password-change', { current_password: password, new_password: next }, token);
    await post('login', { email, password });
    await until(() => auth.openSessions === before, 'an end of every session at the provider');
    expect(auth.asked.filter((line) => line === 'POST /logout').length).toBeGreaterThanOrEqual(6);
  });

  it.each(['oauth', 'otp', 'magiclink', 'sso/saml', 'passkey', 'web3'])(
    'signs in by exchange with a token of the method %s, bound by its id',
    async (method) => {
      const email = newAddress();
      const first = await post('exchange', { supabase_access_token: auth.login(email, method) });
      expect([first.status, first.json.user]).toEqual([
        200,
        expect.objectContaining({ id: auth.find(email)?.id, email }),
      ]);
      const again = await post('exchange', { supabase_access_token: auth.login(email, method) });
      expect(again.json.user.id).toBe(first.json.user.id);
    },
  );

  // The other names that Supabase Auth gives to a way of signing in, and one that it may give some day.
  it.each([
    ...['password', 'anonymous', 'totp', 'mfa/phone', 'mfa/webauthn', 'recovery', 'invite', 'email/signup'],
    ...['email_change', 'token_refresh', 'oauth_provider/authorization_code', 'something-new'],
  ])('does not sign in by exchange with a token of the method %s, and no account is made', async (method) => {
    const email = newAddress();
    const refused = await post('exchange', { supabase_access_token: auth.login(email, method) });
    expect([refused.status, refused.json.code]).toEqual([401, 'exchange_refused']);
    expect(await ask(service.home, 'select 1 from velro.users where email = $1', [email])).toEqual([]);
  });

  it('is asked for its second factor at an exchange, and is not the account of another id with the same address', async () => {
    const email = newAddress();
    const exchange = () => post('exchange', { supabase_access_token: auth.login(email, 'oauth') });
    const token = (await exchange()).json.access_token as string;
    const { secret } = (await post('mfa/enroll', {}, token)).json as { secret: string };
    await steadyMoment();
    expect((await post('mfa/activate', { code: codeAt(secret, now() - 30) }, token)).status).toBe(200);
    const half = await exchange();
    expect([half.status, half.json.mfa_required, half.json.access_token]).toEqual([200, true, undefined]);
    const whole = await post('mfa/verify', { mfa_token: half.json.mfa_token, code: codeAt(secret, now()) });
    expect(whole.status).toBe(200);
    // The provider deleted the account, and somebody made another one with its address.
    auth.users.splice(
      auth.users.findIndex((user) => user.email === email),
      1,
    );
    const stranger = await exchange();
    expect(stranger.json.user.id).not.toBe(whole.json.user.id);
    expect(stranger.json.user.mfa_enabled).toBe(false);
  });
});

describe('an account that came with the Supabase project', () => {
  it('of an address that nobody proved does not sign in by the form of a pepper before a rotation', async () => {
    const auth = await HostedAuth.start();
    const previous = randomBytes(32);
    const service = await Service.start({
      ...auth.env,
      REQUIRE_EMAIL_VERIFICATION: 'true',
      ACCEPT_UNPEPPERED_PASSWORDS: 'true',
      PASSWORD_PEPPER_PREVIOUS: previous.toString('base64'),
    });
    try {
      const email = newAddress();
      auth.login(email, 'oauth');
      const user = auth.find(email);
      if (user !== undefined)
        user.password = createHmac('sha256', previous).update(password).digest('base64url');
      const answer = await service.visitor().call('/api/v1/auth/login', { body: { email, password } });
      expect([answer.status, answer.json.code]).toEqual([401, 'credentials_invalid']);
    } finally {
      await service.discard();
      await auth.stop();
    }
  });

  it('signs in with its old password where that is accepted, with verification on, and is upgraded', async () => {
    const auth = await HostedAuth.start();
    const service = await Service.start({
      ...auth.env,
      REQUIRE_EMAIL_VERIFICATION: 'true',
      ACCEPT_UNPEPPERED_PASSWORDS: 'true',
    });
    try {
      const email = newAddress();
      auth.login(email, 'oauth');
      const user = auth.find(email);
      if (user !== undefined) user.password = password;
      const login = (word: string) =>
        service.visitor().call('/api/v1/auth/login', { body: { email, password: word } });
      expect((await login(next)).status).toBe(401);
      expect((await login(password)).status).toBe(200);
      expect(user?.password).not.toBe(password);
      expect((await login(password)).status).toBe(200);
    } finally {
      await service.discard();
      await auth.stop();
    }
  });
});

describe('an account at the embedded provider', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(async () => {
    await service.discard();
  });

  it('ends with its next refresh once its identity is deleted, which nobody reads without the key', async () => {
    const account = await signUp(service);
    const refresh = (token: string) =>
      service.visitor().call('/api/v1/auth/refresh', { body: { refresh_token: token } });
    const usual = await refresh(account.refreshToken);
    expect(usual.status).toBe(200);
    await ask(service.home, 'delete from auth.users where id = $1', [account.id]);
    expect((await refresh(usual.json.refresh_token as string)).json.code).toBe('refresh_token_invalid');
    expect((await account.visitor.call('/api/v1/auth/me', { token: account.token })).status).toBe(401);
  });

  it('is shown by the admin call only to the secret key', async () => {
    const beside = await SupabaseBeside.start();
    try {
      const email = newAddress();
      const { sub } = claimsIn(await beside.passwordLogin(email, password));
      const { SUPABASE_URL: url = '', SUPABASE_SECRET_KEY: key = '' } = beside.env;
      const look = async (bearer: string, id = String(sub)): Promise<number> =>
        (await fetch(`${url}/auth/v1/admin/users/${id}`, { headers: { authorization: `Bearer ${bearer}` } }))
          .status;
      expect([await look(key), await look(`${key}x`), await look('')]).toEqual([200, 401, 401]);
      expect(await look(key, randomUUID())).toBe(404);
    } finally {
      await beside.stop();
    }
  });

  it('is one, at registration, sign-in and in every limit, in whatever way its address is spelled', async () => {
    const name = randomUUID();
    const spellings = [
      `${name}@münchen.de`,
      `${name}@mu\u0308nchen.de`,
      `${name}@xn--mnchen-3ya.de`,
      `${name.toUpperCase()}@MÜNCHEN.DE`,
    ];
    const call = (path: string, email: string, word = password) =>
      service.visitor().call(`/api/v1/auth/${path}`, { body: { email, password: word } });
    expect((await call('register', spellings[0] ?? '')).status).toBe(201);
    for (const email of spellings.slice(1)) {
      const again = await call('register', email, next);
      expect([again.status, again.json.code]).toEqual([409, 'email_taken']);
      expect((await call('login', email)).status).toBe(200);
    }
    expect(
      await ask(service.home, 'select email from velro.users where email ilike $1', [`%${name}%`]),
    ).toEqual([{ email: `${name}@xn--mnchen-3ya.de` }]);
    const visitor = service.visitor();
    const statuses: number[] = [];
    for (const email of spellings)
      statuses.push((await visitor.call('/api/v1/auth/login', { body: { email, password: next } })).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
  });
});
