import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { identityOf } from '../support/process/embedded-processes.js';
import { password, Service, signUp } from '../support/process/service.js';

let service: Service;
beforeAll(async () => {
  service = await Service.start();
});
afterAll(async () => {
  await service.discard();
});

describe('an account', () => {
  it('signs up, signs in and reads its profile', async () => {
    const { email, visitor } = await signUp(service);
    const login = await visitor.call('/api/v1/auth/login', {
      body: { email: email.toUpperCase(), password },
    });
    expect(login.status).toBe(200);
    expect(Object.keys(login.json).sort()).toEqual([
      'access_token',
      'device_token',
      'expires_in',
      'mfa_required',
      'refresh_token',
      'token_type',
      'user',
    ]);
    expect(login.json).toMatchObject({ token_type: 'Bearer', expires_in: 900 });
    const me = await visitor.call('/api/v1/auth/me', { token: login.json.access_token });
    expect(me.json).toEqual({
      id: expect.any(String),
      email,
      full_name: null,
      role: 'user',
      credits_balance: 1000,
      mfa_enabled: false,
    });
    const session = await visitor.call('/api/v1/auth/session', { token: login.json.access_token });
    expect(session.json).toMatchObject({ sub: me.json.id, role: 'user' });
    expect(session.json.exp - session.json.iat).toBe(900);
  });

  it('gets the same answer for an unknown address and a wrong password', async () => {
    const { email, visitor } = await signUp(service);
    const wrong = await visitor.call('/api/v1/auth/login', { body: { email, password: `${password}x` } });
    const unknown = await visitor.call('/api/v1/auth/login', { body: { email: `no-${email}`, password } });
    const stripped = ({ instance: _instance, request_id: _id, ...rest }: Record<string, unknown>): unknown =>
      rest;
    expect(wrong.status).toBe(401);
    expect(unknown.status).toBe(401);
    expect(stripped(wrong.json)).toEqual(stripped(unknown.json));
  });

  it.each([
    ['another password', `${password}-other`],
    ['its own password, which would be a sign-in', password],
  ])('cannot be registered again with %s, and no session begins', async (_title, word) => {
    const { email, id } = await signUp(service);
    const rows = () =>
      ask(
        service.home,
        `select (select jsonb_agg(to_jsonb(s) order by s.id) from velro.sessions s where user_id = $1) as sessions,
           (select jsonb_agg(to_jsonb(d)) from velro.devices d where user_id = $1) as devices,
           (select to_jsonb(u) from velro.users u where id = $1) as account`,
        [id],
      );
    const before = await rows();
    const again = await service.visitor().call('/api/v1/auth/register', { body: { email, password: word } });
    expect([again.status, again.json.code]).toEqual([409, 'email_taken']);
    expect(await rows()).toEqual(before);
  });

  it('is completed after an interrupted sign-up by registering again with the same password', async () => {
    const { email, id } = await signUp(service);
    await ask(service.home, 'delete from velro.users where id = $1', [id]);
    const again = await service.visitor().call('/api/v1/auth/register', { body: { email, password } });
    expect([again.status, again.json.user]).toEqual([
      201,
      expect.objectContaining({ id, credits_balance: 1000 }),
    ]);
  });

  it('is created once by two concurrent sign-ups, and neither of them fails', async () => {
    for (let round = 0; round < 3; round++) {
      const body = { email: `twice-${randomUUID()}@example.com`, password };
      const answers = await Promise.all(
        [1, 2].map(() => service.visitor().call('/api/v1/auth/register', { body })),
      );
      const statuses = answers.map((answer) => answer.status).sort();
      expect([
        [201, 201],
        [201, 409],
      ]).toContainEqual(statuses);
      expect(
        await ask(service.home, 'select 1 from velro.users where email = $1', [body.email]),
      ).toHaveLength(1);
    }
  });

  it('cannot sign in or refresh once disabled, and the answer is that of a wrong password', async () => {
    const { email, id, visitor, refreshToken } = await signUp(service);
    await ask(service.home, 'update velro.users set disabled_at = now() where id = $1', [id]);
    const login = await visitor.call('/api/v1/auth/login', { body: { email, password } });
    expect([login.status, login.json.code]).toEqual([401, 'credentials_invalid']);
    const refresh = await visitor.call('/api/v1/auth/refresh', { body: { refresh_token: refreshToken } });
    expect([refresh.status, refresh.json.code]).toEqual([401, 'refresh_token_invalid']);
  });

  it('allows three failed logins from an address, and an address twenty over all accounts', async () => {
    const visitor = service.visitor();
    const guess = async (email: string): Promise<number> =>
      (await visitor.call('/api/v1/auth/login', { body: { email, password: 'wrong' } })).status;
    const one = [];
    for (let hit = 0; hit < 4; hit++) one.push(await guess('one@example.com'));
    expect(one).toEqual([401, 401, 401, 429]);
    const many = [];
    for (let hit = 0; hit < 18; hit++) many.push(await guess(`many-${hit}@example.com`));
    expect(many).toEqual([...Array<number>(17).fill(401), 429]);
  });

  it('is not locked out by right passwords, by requests that are no login, or by an outage', async () => {
    const { email, visitor } = await signUp(service);
    const login = async (body: unknown): Promise<number> =>
      (await visitor.call('/api/v1/auth/login', { body })).status;
    for (let hit = 0; hit < 4; hit++) expect(await login({ email, password })).toBe(200);
    for (let hit = 0; hit < 4; hit++) expect(await login({ email, password, extra: 1 })).toBe(422);
    const child = identityOf(service.pid);
    process.kill(child, 'SIGSTOP');
    try {
      expect(await Promise.all([1, 2, 3].map(() => login({ email, password })))).toEqual([503, 503, 503]);
    } finally {
      process.kill(child, 'SIGCONT');
    }
    expect(await login({ email, password })).toBe(200);
  });

  it('accepts spaces, emoji and any script in a password, in either normal form', async () => {
    const visitor = service.visitor();
    const email = `unicode-${Date.now()}@example.com`;
    const composed = 'é ü 漢字 🦦 quiet bridges';
    expect(
      (await visitor.call('/api/v1/auth/register', { body: { email, password: composed } })).status,
    ).toBe(201);
    expect(
      (await visitor.call('/api/v1/auth/login', { body: { email, password: composed.normalize('NFD') } }))
        .status,
    ).toBe(200);
  });

  it('distinguishes two passwords that differ only after the 72nd byte', async () => {
    const visitor = service.visitor();
    const email = `long-${Date.now()}@example.com`;
    const long = '漢字 and seven quiet herons watch nine tall otters paint a bridge over the río';
    expect(Buffer.byteLength(long)).toBeGreaterThan(72);
    expect(
      (await visitor.call('/api/v1/auth/register', { body: { email, password: `${long}abc` } })).status,
    ).toBe(201);
    expect(
      (await visitor.call('/api/v1/auth/login', { body: { email, password: `${long}xyz` } })).status,
    ).toBe(401);
  });

  it('is stored without its password in any form that the client sent', async () => {
    const { email } = await signUp(service);
    const [row] = await ask<{ encrypted_password: string }>(
      service.home,
      'select encrypted_password from auth.users where email = $1',
      [email],
    );
    expect(row?.encrypted_password).toMatch(/^\$2/);
    expect(service.printed).not.toContain(password);
    expect(service.printed).not.toContain(email);
  });
});

describe('a session', () => {
  it('is refused on the next request after logout, with one log line', async () => {
    const { visitor, token, id } = await signUp(service);
    expect((await visitor.call('/api/v1/auth/logout', { method: 'POST', token })).status).toBe(204);
    const after = await visitor.call('/api/v1/auth/session', { token });
    expect([after.status, after.json.code]).toEqual([401, 'token_invalid']);
    const lines = await service.linesOf(after.json.request_id);
    expect(lines).toMatchObject([{ event: 'authn_token_reuse', user_id: id }]);
  });

  it('cannot be refreshed after logout', async () => {
    const { visitor, token, refreshToken } = await signUp(service);
    await visitor.call('/api/v1/auth/logout', { method: 'POST', token });
    const refreshed = await visitor.call('/api/v1/auth/refresh', { body: { refresh_token: refreshToken } });
    expect([refreshed.status, refreshed.json.code]).toEqual([401, 'refresh_token_invalid']);
  });

  it('ends alone, or the others without it, or all together', async () => {
    const { visitor, email, token: first } = await signUp(service);
    const signIn = async (): Promise<string> =>
      (await visitor.call('/api/v1/auth/login', { body: { email, password } })).json.access_token;
    const [second, third] = [await signIn(), await signIn()];
    const alive = async (token: string): Promise<boolean> =>
      (await visitor.call('/api/v1/auth/session', { token })).status === 200;
    const all = async (): Promise<boolean[]> => [await alive(first), await alive(second), await alive(third)];
    await visitor.call('/api/v1/auth/logout', { token: first, body: { scope: 'this' } });
    expect(await all()).toEqual([false, true, true]);
    await visitor.call('/api/v1/auth/logout', { token: second, body: { scope: 'others' } });
    expect(await all()).toEqual([false, true, false]);
    const fourth = await signIn();
    await visitor.call('/api/v1/auth/logout', { token: second, body: { scope: 'all' } });
    expect([...(await all()), await alive(fourth)]).toEqual([false, false, false, false]);
    expect(await alive(await signIn())).toBe(true);
  });

  it.each([
    ['has idled too long', "last_used_at = now() - interval '15 days'"],
    ['has reached its end', "expires_at = now() - interval '1 second'"],
    ['has ended', 'ended_at = now()'],
  ])('cannot be refreshed when it %s', async (_title, change) => {
    const { visitor, id, refreshToken } = await signUp(service);
    await ask(service.home, `update velro.sessions set ${change} where user_id = $1`, [id]);
    const answer = await visitor.call('/api/v1/auth/refresh', { body: { refresh_token: refreshToken } });
    expect([answer.status, answer.json.code]).toEqual([401, 'refresh_token_invalid']);
  });

  it('is not ended by invalid refreshes of another client at the same address', async () => {
    const { visitor, refreshToken } = await signUp(service);
    const junk: number[] = [];
    for (let hit = 0; hit < 61; hit++)
      junk.push((await visitor.call('/api/v1/auth/refresh', { body: { refresh_token: 'junk' } })).status);
    expect(junk.at(-1)).toBe(429);
    expect(
      (await visitor.call('/api/v1/auth/refresh', { body: { refresh_token: refreshToken } })).status,
    ).toBe(200);
  });

  it('stays revoked after a restart', async () => {
    const { visitor, token } = await signUp(service);
    await visitor.call('/api/v1/auth/logout', { method: 'POST', token });
    await service.kill();
    service = await Service.start({}, service.home);
    expect((await service.visitor().call('/api/v1/auth/session', { token })).status).toBe(401);
  });
});
