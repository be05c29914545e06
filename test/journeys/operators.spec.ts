import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { administrator } from '../support/accounts/authenticator.js';
import { ask } from '../support/database/database.js';
import { rawRequest } from '../support/http/http.js';
import { basic, operatorOf } from '../support/accounts/operator.js';
import { until } from '../support/process/wait-until.js';
import { Service, signUp, type LogLine } from '../support/process/service.js';

const path = '/ops/telemetry';
const challenge = 'Basic realm="velro-ops", charset="UTF-8"';

describe('the operator', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ THREAT_RESPONSES: 'enforce', CORS_ORIGINS: 'http://localhost:5173' });
  });
  afterAll(async () => {
    await service.discard();
  });

  const call = (headers: Record<string, string>, address?: string) =>
    service.visitor(address).call(path, { headers });
  const eventsOf = async (requestId: unknown): Promise<LogLine[]> =>
    (await service.linesOf(requestId)).filter(({ msg }) => msg.startsWith('SECURITY-EVENT'));

  it('signs in by Basic auth and sees the figures of the instance', async () => {
    const { status, json } = await call(operatorOf(service));
    expect(status).toBe(200);
    expect(json).toMatchObject({
      uptime_s: expect.any(Number),
      failed_auth_attempts: expect.any(Number),
      ai_calls_blocked_per_psid: 0,
      ai_calls_blocked_global: 0,
      ai_errors: 0,
      webhook_signature_failures: 0,
      threats: {
        mode: 'enforce',
        levels: { LOW: expect.any(Number), CRITICAL: expect.any(Number) },
        blocks_in_force: expect.any(Number),
      },
      limiter: { state: 'whole' },
      feed: { state: 'fresh' },
      events: { waiting: expect.any(Number), dropped: 0 },
    });
    expect(
      (await service.visitor().call(path, { method: 'HEAD', headers: operatorOf(service) })).status,
    ).toBe(200);
  });

  it('is challenged without credentials', async () => {
    const { status, json, headers } = await call({});
    expect([status, json.code, headers['www-authenticate']]).toEqual([
      401,
      'operator_credentials_invalid',
      challenge,
    ]);
  });

  const bad: [string, (right: string) => string][] = [
    ['a wrong password', () => basic('operator', 'wrong')],
    ['a wrong user', (right) => basic('admin', decoded(right).slice('operator:'.length))],
    ['nothing after the scheme', () => 'Basic '],
    ['no base64', () => 'Basic !!!!'],
    ['base64 of another spelling', (right) => `${right.replace(/=+$/, '')}=====`],
    ['no colon', () => `Basic ${Buffer.from('operator').toString('base64')}`],
    ['what is no UTF-8', () => `Basic ${Buffer.from([0x6f, 0x3a, 0xff, 0xfe]).toString('base64')}`],
    ['a control character', (right) => basic('operator', `${decoded(right).slice(9)}\n`)],
    ['10 KB', () => basic('operator', 'x'.repeat(7500))],
    ['two values in one line', (right) => `${right}, ${right}`],
    ['another scheme', () => 'Digest username="operator"'],
    ['a bearer', (right) => right.replace('Basic', 'Bearer')],
  ];
  const decoded = (header: string): string => Buffer.from(header.slice(6), 'base64').toString();

  it.each(bad)('is refused with %s', async (_title, header) => {
    const { status, json, headers } = await call({
      authorization: header(operatorOf(service).authorization),
    });
    expect([status, json.code, headers['www-authenticate']]).toEqual([
      401,
      'operator_credentials_invalid',
      challenge,
    ]);
    expect(await eventsOf(json.request_id)).toMatchObject([
      { event: 'authn_login_fail', msg: 'SECURITY-EVENT OPERATOR sign-in failed' },
    ]);
  });

  it('is refused with two Authorization lines, whichever of them is right', async () => {
    const { authorization } = operatorOf(service);
    const { host } = new URL(service.url);
    for (const lines of [
      [authorization, basic('x', 'y')],
      [basic('x', 'y'), authorization],
    ]) {
      const head = lines.map((line) => `Authorization: ${line}\r\n`).join('');
      const { status } = await rawRequest(
        service.url,
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${head}Connection: close\r\n\r\n`,
      );
      expect(status).toBe(401);
    }
  });

  it("cannot be authenticated by a token, not even a super_admin's", async () => {
    const account = await signUp(service);
    await ask(service.home, "update velro.users set role = 'super_admin' where id = $1", [account.id]);
    for (const route of [path, '/metrics']) {
      const { status } = await service.visitor().call(route, { token: account.token });
      expect([route, status]).toEqual([route, 401]);
    }
  });

  it('has ten failed attempts an hour from one address; successes do not count', async () => {
    const address = '127.9.8.7';
    for (let round = 0; round < 30; round++)
      expect((await call(operatorOf(service), address)).status).toBe(200);
    const wrong: number[] = [];
    for (let round = 0; round < 9; round++)
      wrong.push((await call({ authorization: basic('operator', String(round)) }, address)).status);
    expect(wrong).toEqual(Array(9).fill(401));
    expect((await call(operatorOf(service), address)).status).toBe(200);
    expect((await call({ authorization: basic('operator', 'tenth') }, address)).status).toBe(401);
    const refused = await call(operatorOf(service), address);
    expect([refused.status, refused.json.code]).toEqual([429, 'rate_limit_exceeded']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3000);
    expect((await call(operatorOf(service), '127.9.8.6')).status).toBe(200);
  });

  it('has ten failed attempts when they come concurrently', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        call({ authorization: basic('operator', String(at)) }, '127.9.8.5'),
      ),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
  });

  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'whatever' },
    { origin: 'https://malicious-site.com' },
    { origin: 'http://localhost:5173' },
    { origin: 'null' },
  ])('is refused on a cross-site request: %p', async (headers: Record<string, string>) => {
    const { status, json } = await call({ ...operatorOf(service), ...headers });
    expect([status, json.code]).toEqual([403, 'cross_site_refused']);
    expect((await eventsOf(json.request_id)).map(({ event }) => event)).toContain('malicious_csrf');
  });

  it.each(['same-origin', 'none'])('is accepted on a same-origin request: %s', async (site) => {
    const headers = { ...operatorOf(service), 'sec-fetch-site': site, origin: service.url };
    expect((await call(headers)).status).toBe(200);
  });

  it('is exempt from a block of its address, and no other client is', async () => {
    const address = '127.44.0.1';
    await ask(
      service.home,
      "insert into velro.blocks (id, address, attack, expires_at) values ($1, $2, 'reconnaissance', now() + interval '1 hour')",
      [randomUUID(), address],
    );
    const health = () => service.visitor(address).call('/api/v1/models');
    await until(async () => (await health()).json?.code === 'address_blocked', 'a block');
    expect((await call(operatorOf(service), address)).status).toBe(200);
    for (const headers of [{}, { authorization: basic('operator', 'wrong') }]) {
      const { status, json } = await call(headers, address);
      expect([status, json.code]).toEqual([403, 'address_blocked']);
    }
  });
});

describe('an allow-list of addresses', () => {
  it('applies to the operator too, with any credentials', async () => {
    const service = await Service.start({ ADMIN_IP_ALLOWLIST: '127.77.0.0/16' });
    try {
      const from = (address: string, headers: Record<string, string>) =>
        service.visitor(address).call(path, { headers });
      expect((await from('127.77.3.4', operatorOf(service))).status).toBe(200);
      for (const headers of [operatorOf(service), { authorization: basic('operator', 'wrong') }])
        expect((await from('127.78.3.4', headers)).json.code).toBe('forbidden');
    } finally {
      await service.discard();
    }
  });
});

describe('several operators', () => {
  const passwords = {
    ada: randomBytes(24).toString('base64url'),
    bob: randomBytes(24).toString('base64url'),
  };
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({
      OPERATORS: Object.entries(passwords)
        .map(([name, secret]) => `${name}:${secret}`)
        .join(' '),
    });
  });
  afterAll(async () => {
    await service.discard();
  });

  const toggle = (enabled: boolean, authorization: string) =>
    service.visitor().call('/ops/ai/toggle', { body: { enabled }, headers: { authorization } });

  it('sign in each with credentials of their own, beside the first one', async () => {
    const shown = [
      basic('ada', passwords.ada),
      basic('bob', passwords.bob),
      operatorOf(service).authorization,
    ];
    for (const authorization of shown)
      expect((await service.visitor().call(path, { headers: { authorization } })).status).toBe(200);
  });

  it.each([
    ['the password of another', () => basic('ada', passwords.bob)],
    [
      'the password of the first one',
      () =>
        operatorOf(service).authorization.replace(/.*/, (line) => {
          const [, secret = ''] = Buffer.from(line.slice(6), 'base64').toString().split(':');
          return basic('ada', secret);
        }),
    ],
    ['another spelling of the name', () => basic('Ada', passwords.ada)],
    ['no password', () => basic('ada', '')],
    ['the whole variable', () => basic('ada', `${passwords.ada} bob:${passwords.bob}`)],
  ])('are refused with %s, and nothing is switched', async (_how, authorization) => {
    const { status, json } = await toggle(false, authorization());
    expect([status, json.code]).toEqual([401, 'operator_credentials_invalid']);
    expect(await ask(service.home, 'select enabled from velro.ai_switch')).not.toContainEqual({
      enabled: false,
    });
  });

  it('are told apart in the event and in the audit log of what they did', async () => {
    const admin = await administrator(service, 'admin');
    for (const [name, secret] of Object.entries(passwords)) {
      const { status, headers } = await toggle(name !== 'ada', basic(name, secret));
      expect(status).toBe(200);
      const id = headers['x-request-id'] as string;
      await service.logged();
      expect((await service.linesOf(id)).filter(({ event }) => event !== undefined)).toMatchObject([
        { operator: name },
      ]);
      const listed = await admin.visitor.call('/api/v1/admin/audit?action=ai.switched&limit=1', {
        token: admin.token,
      });
      expect(listed.json.data).toMatchObject([{ request_id: id, actor: null, details: { operator: name } }]);
    }
    await until(async () => {
      const stored = await ask<{ operator: string }>(
        service.home,
        "select details->>'operator' as operator from velro.security_events where details ? 'operator' order by 1",
      );
      return stored.map(({ operator }) => operator).join() === 'ada,bob';
    }, 'both in the stored events');
  });
});
