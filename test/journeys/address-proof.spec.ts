import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeAt, now } from '../support/accounts/authenticator.js';
import { allScopes } from '../support/accounts/api-keys.js';
import { linkTo } from '../support/accounts/outbox.js';
import { ask } from '../support/database/database.js';
import { password as strangers, Service } from '../support/process/service.js';
import { HostedAuth } from '../support/supabase/hosted-auth.js';
import { until } from '../support/process/wait-until.js';

const owners = 'seven-quiet-herons-cross-the-yard';

const calls = (of: () => Service) => ({
  register: (email: string, password: string) =>
    of().visitor().call('/api/v1/auth/register', { body: { email, password } }),
  login: (email: string, password: string) =>
    of().visitor().call('/api/v1/auth/login', { body: { email, password } }),
  verify: (token: string, password: string) =>
    of().visitor().call('/api/v1/auth/email-verify', { body: { token, password } }),
  reset: (token: string, password: string) =>
    of()
      .visitor()
      .call('/api/v1/auth/password-reset-confirm', { body: { token, new_password: password } }),
  exchange: (token: string) =>
    of()
      .visitor()
      .call('/api/v1/auth/exchange', { body: { supabase_access_token: token } }),
});

describe('an address that a stranger registers as well, at a provider that keeps the first password', () => {
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
  const { register, login, verify, reset } = calls(() => service);
  const mails = async (email: string, count: number): Promise<string[]> => {
    await until(() => auth.tokensTo(email).length >= count, `mail ${count}`);
    return auth.tokensTo(email);
  };
  const expectOwnersAlone = async (email: string): Promise<void> => {
    expect((await login(email, strangers)).status).toBe(401);
    const { status, json } = await login(email, owners);
    expect([status, json.user.email]).toEqual([200, email]);
  };

  it.each([
    ['registered first, and she opens the first mail', [strangers, owners], 0],
    ['registered first, and she opens the second mail', [strangers, owners], 1],
    ['registered last, and she opens the first mail', [owners, strangers], 0],
    ['registered last, and she opens the last mail', [owners, strangers], 1],
    ['alone registered, and she opens the mail', [strangers], 0],
  ] as const)(
    'has the password that its owner chooses with the mail: the stranger %s',
    async (_title, order, at) => {
      const email = `${randomUUID()}@example.com`;
      for (const [index, word] of order.entries()) {
        expect((await register(email, word)).json).toEqual({ verification: 'sent' });
        await mails(email, index + 1);
      }
      const tokens = await mails(email, order.length);
      expect((await login(email, strangers)).status).toBe(401);
      expect((await login(email, owners)).status).toBe(401);
      expect((await verify(tokens[at] ?? '', owners)).status).toBe(204);
      await expectOwnersAlone(email);
      await service.logged();
      const chosen = service.lines().filter(({ msg }) => msg === 'SECURITY-EVENT AUTH password chosen');
      expect(chosen.filter((line) => line['user_id'] === auth.find(email)?.id)).toHaveLength(1);
    },
  );

  it('keeps no password that was named before its mail was opened', async () => {
    const email = `${randomUUID()}@example.com`;
    await register(email, strangers);
    const [token = ''] = await mails(email, 1);
    // What the provider got is random: the same password named twice gives two.
    const other = `${randomUUID()}@example.com`;
    await register(other, strangers);
    await mails(other, 1);
    expect(auth.find(email)?.password).not.toBe(auth.find(other)?.password);
    // The provider confirms the address by itself, as behind a link to its own page.
    const user = auth.find(email);
    if (user !== undefined) user.confirmed = true;
    expect((await login(email, strangers)).status).toBe(401);
    expect((await verify(token, owners)).status).toBe(204);
    await expectOwnersAlone(email);
  });

  it('is not opened by a password that somebody set at the provider itself, though the provider confirmed it', async () => {
    const email = `${randomUUID()}@example.com`;
    await register(email, owners);
    const [token = ''] = await mails(email, 1);
    await verify(token, owners);
    const { id, password: hash } = auth.find(email) ?? {};
    // The account as it is when the service died between the provider's answer and its own record.
    await ask(service.home, 'update velro.users set proven_at = null where id = $1', [id]);
    expect((await login(email, owners)).status).toBe(401);
    expect(auth.find(email)?.password).toBe(hash);
    await service.visitor().call('/api/v1/auth/password-reset', { body: { email } });
    await until(() => auth.tokensTo(email, 'recovery').length > 0, 'the mail of the reset');
    expect((await reset(auth.tokensTo(email, 'recovery')[0] ?? '', owners)).status).toBe(204);
    await expectOwnersAlone(email);
  });

  it('keeps its mail valid when the password is refused, and its account as it was', async () => {
    const email = `${randomUUID()}@example.com`;
    await register(email, owners);
    const [token = ''] = await mails(email, 1);
    const refused = await verify(token, 'password-password');
    expect([refused.status, refused.json.errors[0]]).toEqual([
      422,
      expect.objectContaining({ field: 'password', code: 'too_common' }),
    ]);
    expect(await ask(service.home, 'select 1 from velro.users where email = $1', [email])).toEqual([]);
    expect((await verify(token, owners)).status).toBe(204);
    expect((await verify(token, strangers)).json.code).toBe('link_used');
    await expectOwnersAlone(email);
  });
});

describe('an account that was made before anybody proved to hold its address', () => {
  let service: Service;
  let home: string;
  beforeAll(async () => {
    service = await Service.start();
    ({ home } = service);
  });
  afterAll(async () => {
    await service.discard();
  });
  const { register, login, reset } = calls(() => service);

  it('loses them with the first proof of an address that was taken over from the provider as well', async () => {
    const email = `${randomUUID()}@example.com`;
    const { json } = await register(email, strangers);
    const token = json.access_token as string;
    const key = await service
      .visitor()
      .call('/api/v1/api-keys', { token, body: { name: 'kept', scopes: allScopes } });
    await ask(home, 'update velro.users set proven_at = now(), address_taken_at = now() where email = $1', [
      email,
    ]);
    await service.visitor().call('/api/v1/auth/password-reset', { body: { email } });
    expect((await reset(await linkTo(home, email), owners)).status).toBe(204);
    expect((await service.visitor().call('/api/v1/auth/me', { token: key.json.key as string })).status).toBe(
      401,
    );
    expect(await ask(home, 'select address_taken_at from velro.users where email = $1', [email])).toEqual([
      { address_taken_at: null },
    ]);
  });

  it('of an administrator keeps its second factor, which no mail alone ends', async () => {
    const email = `${randomUUID()}@example.com`;
    const stranger = service.visitor();
    const token = (await register(email, owners)).json.access_token as string;
    const enrolled = await stranger.call('/api/v1/auth/mfa/enroll', { token, body: {} });
    const code = codeAt(enrolled.json.secret as string, now());
    expect((await stranger.call('/api/v1/auth/mfa/activate', { token, body: { code } })).status).toBe(200);
    await ask(home, "update velro.users set role = 'admin' where email = $1", [email]);
    await service.visitor().call('/api/v1/auth/password-reset', { body: { email } });
    expect((await reset(await linkTo(home, email), owners)).status).toBe(204);
    expect((await login(email, owners)).json.mfa_required).toBe(true);
  });

  it('keeps what was made after the proof at every later one', async () => {
    const email = `${randomUUID()}@example.com`;
    await register(email, owners);
    const ending = async (count: number): Promise<void> => {
      await service.visitor().call('/api/v1/auth/password-reset', { body: { email } });
      expect((await reset(await linkTo(home, email, count), owners)).status).toBe(204);
    };
    await ending(1);
    const { json } = await login(email, owners);
    const key = await service.visitor().call('/api/v1/api-keys', {
      token: json.access_token as string,
      body: { name: 'kept', scopes: allScopes },
    });
    await ending(2);
    expect((await service.visitor().call('/api/v1/auth/me', { token: key.json.key as string })).status).toBe(
      200,
    );
  });

  // The last one: from its restart on addresses have to be confirmed.
  it('loses sessions, keys, webhook endpoints, second factor and devices with the first proof, and keeps pictures and credits', async () => {
    const email = `${randomUUID()}@example.com`;
    const stranger = service.visitor();
    const { json: tokens } = await register(email, strangers);
    const token = tokens.access_token as string;
    const post = (path: string, body: unknown) => stranger.call(`/api/v1/${path}`, { token, body });
    const key = await post('api-keys', { name: 'kept', scopes: allScopes });
    const project = await post('projects', { name: 'kept' });
    const url = 'https://hooks.example.com/';
    const endpoint = await post('webhook-endpoints', { url, event_types: ['generation.completed'] });
    expect([key.status, project.status, endpoint.status]).toEqual([201, 201, 201]);
    const enrolled = await post('auth/mfa/enroll', {});
    const secret = enrolled.json.secret as string;
    expect((await post('auth/mfa/activate', { code: codeAt(secret, now()) })).status).toBe(200);

    await service.kill();
    service = await Service.start({ REQUIRE_EMAIL_VERIFICATION: 'true' }, home);
    expect((await login(email, strangers)).status).toBe(401);
    await service.visitor().call('/api/v1/auth/password-reset', { body: { email } });
    expect((await reset(await linkTo(home, email), owners)).status).toBe(204);

    const withKey = await service.visitor().call('/api/v1/auth/me', { token: key.json.key as string });
    expect([withKey.status, withKey.json.code]).toEqual([401, 'token_invalid']);
    expect((await service.visitor().call('/api/v1/auth/me', { token })).status).toBe(401);
    expect((await login(email, strangers)).status).toBe(401);
    const { status, json } = await login(email, owners);
    expect([status, json.user.mfa_enabled, json.user.credits_balance]).toEqual([200, false, 1000]);
    const projects = await service.visitor().call('/api/v1/projects', { token: json.access_token as string });
    expect(projects.json.data).toHaveLength(1);
    const rows = await ask(
      home,
      `select (select count(*)::int from velro.devices where user_id = u.id) as devices,
         (select count(*)::int from velro.api_keys where user_id = u.id and revoked_at is null) as keys,
         (select count(*)::int from velro.webhook_endpoints where user_id = u.id and removed_at is null) as endpoints,
         (select count(*)::int from velro.mfa_factors where user_id = u.id) as factors
       from velro.users u where email = $1`,
      [email],
    );
    // The device of the sign-in just now.
    expect(rows).toEqual([{ devices: 1, keys: 0, endpoints: 0, factors: 0 }]);
  });
});

describe('a social or link login at the provider', () => {
  let auth: HostedAuth;
  let service: Service;
  beforeAll(async () => {
    auth = await HostedAuth.start();
    service = await Service.start(auth.env);
  });
  afterAll(async () => {
    await service.discard();
    await auth.stop();
  });
  const { login, exchange } = calls(() => service);

  it.each(['passkey', 'web3', 'sso/saml', 'oauth'])(
    'by %s that shows nothing about the mail of the address is a sign-in and no proof: what was made with it ends with the first',
    async (method) => {
      const email = `${randomUUID()}@example.com`;
      const early = await exchange(auth.login(email, method, 'somebody-else@example.com'));
      expect(early.status).toBe(200);
      const key = await service.visitor().call('/api/v1/api-keys', {
        token: early.json.access_token as string,
        body: { name: 'kept', scopes: allScopes },
      });
      expect(key.status).toBe(201);
      expect((await exchange(auth.login(email, 'magiclink'))).status).toBe(200);
      for (const token of [early.json.access_token, key.json.key])
        expect((await service.visitor().call('/api/v1/auth/me', { token: token as string })).status).toBe(
          401,
        );
    },
  );

  it('is the first proof of an address that a stranger registered, whose session and password open nothing more', async () => {
    const email = `${randomUUID()}@example.com`;
    // Verification is off and the provider confirms at once: the stranger has a session.
    auth.login(email, 'oauth');
    const user = auth.find(email);
    const early = await exchange(auth.login(email, 'oauth'));
    const key = await service.visitor().call('/api/v1/api-keys', {
      token: early.json.access_token as string,
      body: { name: 'kept', scopes: allScopes },
    });
    expect(key.status).toBe(201);
    await ask(service.home, 'update velro.users set exchanged_at = null where id = $1', [user?.id]);
    const proven = await exchange(auth.login(email, 'oauth'));
    expect(proven.status).toBe(200);
    const alive = (token: unknown) => service.visitor().call('/api/v1/auth/me', { token: token as string });
    expect((await alive(early.json.access_token)).status).toBe(401);
    expect((await alive(key.json.key)).status).toBe(401);
    expect((await alive(proven.json.access_token)).status).toBe(200);
    expect((await login(email, strangers)).status).toBe(401);
    // A later one ends nothing.
    expect((await exchange(auth.login(email, 'magiclink'))).status).toBe(200);
    expect((await alive(proven.json.access_token)).status).toBe(200);
  });
});
