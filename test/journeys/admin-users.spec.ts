import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { ask } from '../support/database/database.js';
import { password, Service, signUp, type Account } from '../support/process/service.js';

const nobody = '00000000-0000-4000-8000-000000000000';

describe('administrators', () => {
  let service: Service;
  let root: Administrator;
  let admin: Administrator;
  beforeAll(async () => {
    service = await Service.start();
    root = await administrator(service, 'super_admin');
    admin = await administrator(service, 'admin');
  });
  afterAll(async () => {
    await service.discard();
  });

  const call = (actor: Account, path: string, method = 'GET', body?: unknown) =>
    actor.visitor.call(`/api/v1/admin/users${path}`, {
      method,
      token: actor.token,
      ...(body === undefined ? {} : { body }),
    });
  const change = (actor: Account, id: string, body: unknown) => call(actor, `/${id}`, 'PUT', body);
  const session = async (token: string): Promise<number> =>
    (await service.visitor().call('/api/v1/auth/session', { token })).status;
  const roleOf = async (id: string): Promise<string | undefined> =>
    (await ask<{ role: string }>(service.home, 'select role from velro.users where id = $1', [id]))[0]?.role;

  it('list all accounts, newest first, page by page, by the prefix of an address and by role', async () => {
    const people = [await signUp(service), await signUp(service), await signUp(service)];
    const first = await call(admin, '?limit=2');
    expect(first.status).toBe(200);
    expect(first.json.data.map(({ id }: { id: string }) => id)).toEqual([people[2]?.id, people[1]?.id]);
    const second = await call(admin, `?limit=2&cursor=${String(first.json.next_cursor)}`);
    expect(second.json.data[0].id).toBe(people[0]?.id);
    const email = people[0]?.email ?? '';
    const found = await call(admin, `?email=${encodeURIComponent(email.slice(0, 12).toUpperCase())}`);
    expect(found.json.data.map((user: { email: string }) => user.email)).toEqual([email]);
    expect((await call(admin, '?email=%25')).json.data).toEqual([]);
    const roots = await call(admin, '?role=super_admin');
    expect(roots.json.data.map(({ id }: { id: string }) => id)).toEqual([root.id]);
    expect(Object.keys(first.json.data[0]).sort()).toEqual([
      'created_at',
      'credits_balance',
      'disabled_at',
      'email',
      'full_name',
      'id',
      'mfa_enabled',
      'role',
    ]);
  });

  it('change a role, and every token of the user is revoked with the answer', async () => {
    const person = await signUp(service);
    const answer = await change(admin, person.id, { role: 'viewer' });
    expect([answer.status, answer.json.role]).toEqual([200, 'viewer']);
    expect(await session(person.token)).toBe(401);
    const again = await person.visitor.call('/api/v1/auth/refresh', {
      body: { refresh_token: person.refreshToken },
    });
    expect(again.status).toBe(401);
    const lines = service
      .lines()
      .filter((line) => line['event'] === 'authz_change' && line['target_id'] === person.id);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ from: 'user', to: 'viewer', user_id: admin.id, threat_level: 'HIGH' });
  });

  it('disable an account: its tokens end and sign-ins are refused, until it is enabled again', async () => {
    const person = await signUp(service);
    expect((await change(admin, person.id, { disabled: true })).json.disabled_at).not.toBeNull();
    expect(await session(person.token)).toBe(401);
    const login = () =>
      service.visitor().call('/api/v1/auth/login', { body: { email: person.email, password } });
    const refused = await login();
    expect([refused.status, refused.json.code]).toEqual([401, 'credentials_invalid']);
    expect((await change(admin, person.id, { disabled: false })).json.disabled_at).toBeNull();
    expect((await login()).status).toBe(200);
    expect(await session(person.token)).toBe(401);
  });

  it('end no session by repeating a change', async () => {
    const person = await signUp(service);
    expect((await change(admin, person.id, { role: 'user', disabled: false })).status).toBe(200);
    expect((await change(admin, person.id, {})).status).toBe(200);
    expect(await session(person.token)).toBe(200);
  });

  it('see and end the sessions of others', async () => {
    const person = await signUp(service);
    const listed = await call(admin, `/${person.id}/sessions`);
    expect([listed.status, listed.json.data.length, listed.json.data[0].current]).toEqual([200, 1, false]);
    expect((await call(admin, `/${person.id}/sessions`, 'DELETE')).status).toBe(204);
    expect(await session(person.token)).toBe(401);
    expect((await call(admin, `/${person.id}/sessions`)).json.data).toEqual([]);
  });

  it('change and create no administrator unless they are super_admin', async () => {
    const person = await signUp(service);
    const refused = [
      await change(admin, person.id, { role: 'admin' }),
      await change(admin, person.id, { role: 'super_admin' }),
      await change(admin, root.id, { disabled: true }),
      await change(admin, root.id, { role: 'user' }),
      await call(admin, `/${root.id}/sessions`, 'DELETE'),
    ];
    expect(refused.map(({ json }) => json.code as string)).toEqual(Array(5).fill('forbidden'));
    expect([await roleOf(person.id), await roleOf(root.id), await session(root.token)]).toEqual([
      'user',
      'super_admin',
      200,
    ]);
    expect((await change(root, person.id, { role: 'admin' })).json.role).toBe('admin');
  });

  it.each([{ role: 'user' }, { disabled: true }])(
    'do not change their own role or status: %p',
    async (body) => {
      const answer = await change(root, root.id, body);
      expect([answer.status, answer.json.code]).toEqual([409, 'own_account']);
    },
  );

  it('never lose the last super_admin when two demote each other concurrently', async () => {
    for (let round = 0; round < 5; round++) {
      const [one, other] = [
        await administrator(service, 'super_admin'),
        await administrator(service, 'super_admin'),
      ];
      const answers = await Promise.all([
        change(one, other.id, { role: 'user' }),
        change(other, one.id, { disabled: true }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
      await ask(service.home, "update velro.users set role = 'user' where id = any($1)", [
        [one.id, other.id],
      ]);
    }
  });

  it('change nothing with a token from before their own role changed', async () => {
    const [acting, person] = [await administrator(service, 'admin'), await signUp(service)];
    const rows = () =>
      ask(service.home, 'select role, disabled_at, epoch from velro.users where id = $1', [person.id]);
    const before = await rows();
    // As the database stands at the moment between a demotion and the news of it.
    await ask(service.home, 'update velro.users set epoch = epoch + 1 where id = $1', [acting.id]);
    const refused = [
      await change(acting, person.id, { role: 'viewer' }),
      await change(acting, person.id, { disabled: true }),
      await call(acting, `/${person.id}/sessions`, 'DELETE'),
    ];
    expect(refused.map(({ status, json }) => [status, json.code])).toEqual(
      refused.map(() => [401, 'token_invalid']),
    );
    expect(await rows()).toEqual(before);
    expect(await session(person.token)).toBe(200);
  });

  it.each([
    ['PUT', `/${nobody}`, { role: 'user' }, 404],
    ['GET', `/${nobody}`, undefined, 404],
    ['GET', `/${nobody}/sessions`, undefined, 404],
    ['DELETE', `/${nobody}/sessions`, undefined, 404],
    ['GET', '/not-an-id', undefined, 404],
    ['PUT', `/${nobody}`, { role: 'enrolling' }, 422],
    ['PUT', `/${nobody}`, { disabled: 'true' }, 422],
    ['PUT', `/${nobody}`, { epoch: 1 }, 422],
    ['GET', '?limit=0', undefined, 422],
    ['GET', '?cursor=x', undefined, 422],
    ['GET', '?role=root', undefined, 422],
  ])('get a problem for %s %s %p: %p', async (method, path, body, status) => {
    expect((await call(root, path, method, body)).status).toBe(status);
  });

  it('need a proof of the second factor from the last ten minutes, even to read', async () => {
    await ask(
      service.home,
      "update velro.sessions set auth_time = now() - interval '11 minutes' where user_id = $1",
      [admin.id],
    );
    const { json } = await admin.visitor.call('/api/v1/auth/refresh', {
      body: { refresh_token: admin.refreshToken },
    });
    const stale = await call({ ...admin, token: json.access_token as string }, '');
    expect([stale.status, stale.json.code]).toEqual([401, 'step_up_required']);
  });
});

describe('an allow-list of addresses', () => {
  it('refuses administrators from other addresses, with one log line', async () => {
    const service = await Service.start({ ADMIN_IP_ALLOWLIST: '127.77.0.0/16,::1' });
    try {
      const root = await administrator(service, 'super_admin');
      const from = (address?: string) =>
        service.visitor(address).call('/api/v1/admin/users', { token: root.token });
      expect((await from('127.77.3.4')).status).toBe(200);
      const refused = await from('127.78.3.4');
      expect([refused.status, refused.json.code]).toEqual([403, 'forbidden']);
      expect((await service.linesOf(refused.json.request_id)).map((line) => line.msg)).toEqual([
        'SECURITY-EVENT AUTHORIZATION address refused',
      ]);
    } finally {
      await service.discard();
    }
  });
});
