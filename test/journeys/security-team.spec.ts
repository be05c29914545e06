import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { ask } from '../support/database/database.js';
import { until } from '../support/process/wait-until.js';
import type { Answer } from '../support/http/http.js';
import { password, Service, signUp, type Account } from '../support/process/service.js';

const nobody = '00000000-0000-4000-8000-000000000000';

describe('the security team', () => {
  let service: Service;
  let root: Administrator;
  let admin: Administrator;
  beforeAll(async () => {
    service = await Service.start({ THREAT_RESPONSES: 'enforce', ADMIN_RATE_LIMIT_REQUESTS: '1000/minute' });
    root = await administrator(service, 'super_admin');
    admin = await administrator(service, 'admin');
  });
  afterAll(async () => {
    await service.discard();
  });

  const call = (path: string, method = 'GET', body?: unknown, actor: Account = admin) =>
    actor.visitor.call(`/api/v1/admin/security${path}`, {
      method,
      token: actor.token,
      ...(body === undefined ? {} : { body }),
    });
  const block = (body: unknown, actor: Account = admin) => call('/blocks', 'POST', body, actor);
  const models = (address: string) => service.visitor(address).call('/api/v1/models');
  const isBlocked = async (address: string): Promise<boolean> =>
    (await models(address)).json?.code === 'address_blocked';
  const listed = async (query: string): Promise<Record<string, unknown>[]> =>
    (await call(`/events?${query}`)).json.data;
  const failAt = (address: string) =>
    service.visitor(address).call('/api/v1/auth/login', { body: { email: 'nobody@example.com', password } });

  describe('reads events', () => {
    it('shortly after they happened, with every field and without input', async () => {
      const { json } = await failAt('127.5.0.1');
      let found: Record<string, unknown>[] = [];
      await until(
        async () => (found = await listed('source_ip=127.5.0.1')).length > 0,
        'the event in the database',
      );
      expect(found).toEqual([
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          at: expect.stringMatching(/^\d{4}-.*Z$/),
          event: 'authn_login_fail',
          level: expect.any(String),
          text: expect.any(String),
          source_ip: '127.5.0.1',
          user_id: null,
          account: expect.stringMatching(/^[0-9a-f]{32}$/),
          request_id: json.request_id,
          trace_id: String(json.request_id).replaceAll('-', ''),
          method: 'POST',
          route: '/api/v1/auth/login',
          instance: expect.stringMatching(/^[0-9a-f]{12}$/),
          suppressed: 0,
          response: expect.any(String),
          attack: null,
          details: expect.any(Object),
        },
      ]);
      expect(JSON.stringify(found)).not.toMatch(/example\.com|otter/);
    });

    it('by name, level, user, address and time, each alone and together', async () => {
      const person = await signUp(service);
      await person.visitor.call('/api/v1/admin/users', { token: person.token });
      await until(
        async () => (await listed(`user_id=${person.id}&event=authz_fail`)).length === 1,
        'the event',
      );
      for (const [query, field, value] of [
        ['event=authz_fail', 'event', 'authz_fail'],
        ['level=MEDIUM', 'level', 'MEDIUM'],
        [`user_id=${person.id}`, 'user_id', person.id],
        ['source_ip=127.5.0.1', 'source_ip', '127.5.0.1'],
      ] as const) {
        const found = await listed(query);
        expect(found.length).toBeGreaterThan(0);
        expect([...new Set(found.map((event) => event[field]))]).toEqual([value]);
      }
      const [failed] = await listed('source_ip=127.5.0.1');
      const aimed = await listed(`account=${String(failed?.['account'])}`);
      expect(aimed.map(({ id }) => id)).toContain(failed?.['id']);
      expect(new Set(aimed.map(({ account }) => account)).size).toBe(1);
      const [one] = await listed(`user_id=${person.id}&event=authz_fail`);
      const at = String(one?.['at']);
      const later = new Date(new Date(at).getTime() + 1).toISOString();
      const only = (query: string) => listed(`user_id=${person.id}&event=authz_fail&${query}`);
      expect(await only(`since=${at}&until=${later}`)).toHaveLength(1);
      expect(await only(`since=${later}`)).toEqual([]);
      expect(await only(`until=${at}`)).toEqual([]);
      // An offset is a moment as well.
      expect(await only(`since=2020-01-01T00:00:00%2B02:00`)).toHaveLength(1);
    });

    it('page by page, the newest first, each once', async () => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const { json }: Answer = await call(
          `/events?limit=3&source_ip=${root.visitor.address}${cursor === null ? '' : `&cursor=${cursor}`}`,
        );
        seen.push(...json.data.map(({ id }: { id: string }) => id));
        cursor = json.next_cursor;
      } while (cursor !== null && seen.length < 1000);
      expect(seen.length).toBeGreaterThan(0);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(seen.toSorted().reverse());
    });

    it.each([
      'event=none',
      'level=low',
      'user_id=1',
      'source_ip=x',
      'since=yesterday',
      'limit=201',
      'cursor=1',
      'x=1',
    ])('not by %s', async (query) => {
      expect((await call(`/events?${query}`)).status).toBe(422);
    });

    it('by an index, for every filter', async () => {
      await ask(
        service.home,
        `insert into velro.security_events (id, at, event, level, text, source_ip, response)
         select uuidv7(), now(), 'authz_fail', 'LOW', 'FILLER', '127.6.0.' || i % 200, 'none' from generate_series(1, 20000) i`,
      );
      await ask(service.home, 'vacuum analyze velro.security_events');
      for (const condition of [
        'true',
        "event = 'malicious_csrf'",
        "level = 'CRITICAL'",
        `user_id = '${nobody}'`,
        "source_ip = '127.6.0.7'",
        "account = '0af7651916cd43dd8448eb211c80319c'",
      ]) {
        const plan = await ask(
          service.home,
          `explain select * from velro.security_events where ${condition} order by id desc limit 50`,
        );
        expect([condition, JSON.stringify(plan)]).toEqual([
          condition,
          expect.stringMatching(/Index (Only )?Scan|Bitmap/),
        ]);
      }
    });
  });

  describe('keeps events', () => {
    it('so that the service itself can neither change nor delete them while they are younger than a day', async () => {
      const asApp = (sql: string) => ask(service.home, `set role velro_app; ${sql}; reset role`);
      await expect(asApp("update velro.security_events set text = ''")).rejects.toThrow(/permission denied/);
      await expect(asApp('truncate velro.security_events')).rejects.toThrow(/permission denied/);
      const count = async () =>
        (await ask<{ n: string }>(service.home, 'select count(*) as n from velro.security_events'))[0]?.n;
      const before = Number(await count());
      await asApp('delete from velro.security_events');
      expect(Number(await count())).toBeGreaterThanOrEqual(before);
      await ask(
        service.home,
        "insert into velro.security_events (id, at, event, level, text, response) values ('01000000-0000-7000-8000-000000000000', now() - interval '2 days', 'authz_fail', 'LOW', 'OLD', 'none')",
      );
      await asApp('delete from velro.security_events');
      expect(await ask(service.home, "select 1 from velro.security_events where text = 'OLD'")).toEqual([]);
    });
  });

  describe('blocks and lifts', () => {
    it('an address at once, until it is lifted, and each step is an event', async () => {
      const address = '127.20.0.1';
      const made = await block({ address, minutes: 5, reason: 'brute_force_attack' });
      expect([made.status, made.json]).toEqual([
        201,
        {
          id: expect.any(String),
          address,
          user_id: null,
          reason: 'brute_force_attack',
          signals: {},
          score: 0,
          made_by: admin.id,
          created_at: expect.any(String),
          expires_at: expect.any(String),
        },
      ]);
      expect(await isBlocked(address)).toBe(true);
      expect((await call('/blocks')).json.data.map(({ id }: { id: string }) => id)).toContain(made.json.id);
      expect((await call('/posture')).json.blocks_in_force).toBeGreaterThan(0);
      const lifted = await call(`/blocks/${String(made.json.id)}`, 'DELETE');
      expect(lifted.status).toBe(204);
      expect(await until(async () => !(await isBlocked(address)), 'an open door', 1000)).toBeLessThan(1000);
      expect((await call(`/blocks/${String(made.json.id)}`, 'DELETE')).status).toBe(404);
      await until(
        async () => (await listed(`user_id=${admin.id}&event=authz_admin`)).length >= 2,
        'both events',
      );
      const texts = (await listed(`user_id=${admin.id}&event=authz_admin`)).map((event) =>
        String(event['text']),
      );
      expect(texts).toEqual(expect.arrayContaining(['ADMIN block added', 'ADMIN block lifted']));
    });

    it('an IPv6 address as its network, and a mapped one as the IPv4 that it is', async () => {
      const made = await block({ address: '2001:DB8:0:1::5', minutes: 1 });
      expect([made.json.address, made.json.reason]).toEqual(['2001:db8:0:1::/64', 'manual']);
      expect((await block({ address: '::ffff:127.20.0.2', minutes: 1 })).json.address).toBe('127.20.0.2');
      expect(await isBlocked('127.20.0.2')).toBe(true);
    });

    it('one user at an address, and no other there', async () => {
      const [person, neighbour] = [await signUp(service), await signUp(service)];
      const address = '127.20.0.3';
      const made = await block({ address, user_id: person.id, minutes: 5 });
      expect(made.status).toBe(201);
      const me = (account: Account) =>
        service.visitor(address).call('/api/v1/auth/me', { token: account.token });
      expect((await me(person)).json.code).toBe('address_blocked');
      expect((await me(neighbour)).status).toBe(200);
    });

    it('never themselves, nor the address they come from', async () => {
      const own = await block({ address: admin.visitor.address, minutes: 5 });
      expect([own.status, own.json.code]).toEqual([409, 'own_address']);
      const self = await block({ address: '127.20.0.4', user_id: admin.id, minutes: 5 });
      expect([self.status, self.json.code]).toEqual([409, 'own_address']);
    });

    it('an administrator only as super_admin', async () => {
      const body = { address: '127.20.0.5', user_id: root.id, minutes: 5 };
      expect((await block(body)).json.code).toBe('forbidden');
      expect((await block({ ...body, user_id: admin.id }, root)).status).toBe(201);
      expect((await block({ ...body, user_id: nobody }, root)).status).toBe(404);
    });

    it('no address that an administrator signs in from, unless as super_admin, and the refusal is one event', async () => {
      const before = await ask(service.home, 'select id from velro.blocks');
      const { status, json } = await block({ address: root.visitor.address, minutes: 10_080 });
      expect([status, json.code]).toEqual([403, 'forbidden']);
      expect(await ask(service.home, 'select id from velro.blocks')).toEqual(before);
      expect(await isBlocked(root.visitor.address)).toBe(false);
      const lines = (await service.linesOf(json.request_id)).filter(({ event }) => event !== undefined);
      expect(lines.map(({ msg }) => msg)).toEqual(['SECURITY-EVENT AUTHORIZATION block refused']);
      expect((await block({ address: '127.20.0.6', minutes: 5 }, root)).status).toBe(201);
    });

    it('no block back that a super_admin made, nor one of the service that stands beside it', async () => {
      const address = '127.20.0.7';
      const made = await block({ address, minutes: 5 }, root);
      const automatic = randomUUID();
      await ask(
        service.home,
        `insert into velro.blocks (id, address, attack, expires_at) values ($1, $2, 'reconnaissance', now() + interval '1 hour')`,
        [automatic, address],
      );
      for (const id of [String(made.json.id), automatic]) {
        const { status, json } = await call(`/blocks/${id}`, 'DELETE');
        expect([status, json.code]).toEqual([403, 'forbidden']);
      }
      const active = 'select id from velro.blocks where address = $1 and lifted_at is null';
      expect(await ask(service.home, active, [address])).toHaveLength(2);
      expect(await isBlocked(address)).toBe(true);
      expect((await call(`/blocks/${automatic}`, 'DELETE', undefined, root)).status).toBe(204);
      expect(await ask(service.home, active, [address])).toEqual([]);
    });

    it('a block of the service', async () => {
      const id = randomUUID();
      await ask(
        service.home,
        `insert into velro.blocks (id, address, attack, expires_at) values ($1, '127.20.0.8', 'reconnaissance', now() + interval '1 hour')`,
        [id],
      );
      await until(() => isBlocked('127.20.0.8'), 'the block');
      expect((await call(`/blocks/${id}`, 'DELETE')).status).toBe(204);
      await until(async () => !(await isBlocked('127.20.0.8')), 'the end of the block');
    });

    it.each([
      { address: '127.0.0.256', minutes: 5 },
      { address: '127.20.0.0/24', minutes: 5 },
      { address: 'fe80::1%eth0', minutes: 5 },
      { address: '0177.0.0.1', minutes: 5 },
      { address: '127.20.0.9' },
      { address: '127.20.0.9', minutes: 0 },
      { address: '127.20.0.9', minutes: 10_081 },
      { address: '127.20.0.9', minutes: 5, reason: 'because' },
      { address: '127.20.0.9', minutes: 5, score: 5 },
    ])('nothing by %p', async (body) => {
      expect((await block(body)).status).toBe(422);
    });
  });

  it('reads the posture: mode, levels, blocks, a day of events, and the receiver of alerts', async () => {
    // A dashboard reads it every few seconds.
    const asked = () =>
      ask(service.home, 'select scope, reserved_microusd, spent_microusd from velro.budget_sums');
    const before = await asked();
    const { status, json } = await call('/posture');
    expect(status).toBe(200);
    expect(await asked()).toEqual(before);
    expect(json).toEqual({
      controls: {
        fail: expect.any(Number),
        not_looked_at: 0,
        attested: 0,
        pass: expect.any(Number),
        not_applicable: expect.any(Number),
      },
      mode: 'enforce',
      levels: {
        LOW: expect.any(Number),
        MEDIUM: expect.any(Number),
        HIGH: expect.any(Number),
        CRITICAL: expect.any(Number),
      },
      blocks_in_force: expect.any(Number),
      events_24h: expect.arrayContaining([{ event: 'sys_startup', level: 'LOW', count: 1 }]),
      alerts: 'nowhere',
      alert_receivers: [],
    });
    const { json: refused } = await call('/test-alert', 'POST');
    expect([refused.status, refused.code]).toEqual([409, 'alerts_unconfigured']);
  });
});
