import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { administrator } from '../support/accounts/authenticator.js';
import { operatorOf } from '../support/accounts/operator.js';
import { ask } from '../support/database/database.js';
import type { Answer, Visitor } from '../support/http/http.js';
import { underForeignKey as forged } from '../support/tokens/forged-tokens.js';
import { until } from '../support/process/wait-until.js';
import { startSecond } from '../support/process/second-instance.js';
import { password, Service, signUp, type Account } from '../support/process/service.js';

const eventually = (check: () => Promise<boolean> | boolean): Promise<boolean> =>
  until(check, String(check)).then(
    () => true,
    () => false,
  );

describe('threats in enforce mode', () => {
  let service: Service;
  let second: Service;
  let ada: Account;
  beforeAll(async () => {
    service = await Service.start({ THREAT_RESPONSES: 'enforce' });
    second = await startSecond(service, { THREAT_RESPONSES: 'enforce' });
    ada = await signUp(service);
  });
  afterAll(async () => {
    await second.discard();
    await service.discard();
  });

  const linesFrom = (address: string) => service.lines().filter((line) => line['source_ip'] === address);
  /** The only line of its kind from an address. */
  const only = async (address: string, msg: string): Promise<Record<string, unknown>> => {
    const find = () => linesFrom(address).filter((line) => line.msg === `SECURITY-EVENT ${msg}`);
    await eventually(() => find().length > 0);
    expect(find()).toHaveLength(1);
    return find()[0] ?? {};
  };
  const session = (visitor: Visitor, token: string): Promise<Answer> =>
    visitor.call('/api/v1/auth/session', { token });
  const bypass = async (visitor: Visitor): Promise<void> => {
    for (let hit = 0; hit < 3; hit++) expect((await session(visitor, forged(ada.token))).status).toBe(401);
  };

  it('a series of forged tokens is a bypass attempt: CRITICAL, and the address is blocked at once', async () => {
    const thief = service.visitor();
    await bypass(thief);
    const refused = await thief.call('/api/v1/auth/login', { body: { email: ada.email, password } });
    expect([refused.status, refused.json.code]).toEqual([403, 'address_blocked']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3500);
    expect(await only(thief.address, 'THREAT CRITICAL authentication_bypass')).toMatchObject({
      threat_level: 'CRITICAL',
      attack: 'authentication_bypass',
      response: 'address_blocked',
      signals: 'token_forged:3',
    });
    expect((await thief.call('/api/v1/none')).status).toBe(403);
    expect((await session(thief, forged(ada.token))).json.code).toBe('address_blocked');
    expect((await thief.call('/health')).status).toBe(200);
  });

  it('a blocked address reaches no unknown path, with any credentials', async () => {
    const thief = service.visitor();
    await bypass(thief);
    const shown: Record<string, string>[] = [
      {},
      { authorization: `Bearer ${ada.token}` },
      { authorization: `Bearer ${forged(ada.token)}` },
      { authorization: 'Bearer x' },
      { authorization: 'anything' },
      { 'x-device-token': 'A'.repeat(64) },
      operatorOf(service),
    ];
    for (const headers of shown) {
      const { status, json } = await thief.call('/api/v1/none', { headers });
      expect([headers, status, json.code]).toEqual([headers, 403, 'address_blocked']);
    }
    expect((await service.visitor().call('/api/v1/none', { token: ada.token })).status).toBe(404);
  });

  it('a block exempts signed-in users behind the same address, and known devices', async () => {
    const neighbour = await signUp(service);
    const { json } = await neighbour.visitor.call('/api/v1/auth/login', {
      body: { email: neighbour.email, password },
    });
    await bypass(neighbour.visitor);
    const login = (headers: Record<string, string> = {}) =>
      neighbour.visitor.call('/api/v1/auth/login', { body: { email: neighbour.email, password }, headers });
    expect((await login()).status).toBe(403);
    expect((await session(neighbour.visitor, neighbour.token)).status).toBe(200);
    expect((await login({ 'x-device-token': json.device_token as string })).status).toBe(200);
    const madeUp = await login({ 'x-device-token': 'A'.repeat(64) });
    expect([madeUp.status, madeUp.json.code]).toEqual([403, 'address_blocked']);
    const refreshed = await neighbour.visitor.call('/api/v1/auth/refresh', {
      body: { refresh_token: neighbour.refreshToken },
    });
    expect(refreshed.status).toBe(200);
  });

  it('a block applies on every instance, and so does lifting it', async () => {
    const thief = service.visitor();
    await bypass(thief);
    const there = second.visitor(thief.address);
    expect(await eventually(async () => (await there.call('/api/v1/models')).status === 403)).toBe(true);
    await ask(service.home, 'update velro.blocks set lifted_at = now() where address = $1', [thief.address]);
    const opens = async (visitor: Visitor): Promise<boolean> =>
      (await visitor.call('/api/v1/auth/session')).json.code === 'token_missing';
    expect(await eventually(() => opens(thief))).toBe(true);
    expect(await eventually(() => opens(there))).toBe(true);
    // Forgiven: one more small thing does not bring the block back.
    await session(thief, forged(ada.token));
    expect(await opens(thief)).toBe(true);
  });

  it('a block survives a restart, with its score', async () => {
    const thief = service.visitor();
    await bypass(thief);
    const rows = () =>
      ask<{ attack: string; signals: Record<string, number>; score: number }>(
        service.home,
        'select attack, signals, score from velro.blocks where address = $1',
        [thief.address],
      );
    expect(await eventually(async () => (await rows()).length === 1)).toBe(true);
    expect((await rows())[0]).toMatchObject({
      attack: 'authentication_bypass',
      signals: { token_forged: 3 },
      score: 63,
    });
    const third = await startSecond(service, { THREAT_RESPONSES: 'enforce' });
    try {
      const there = third.visitor(thief.address);
      expect(await eventually(async () => (await there.call('/api/v1/none')).status === 403)).toBe(true);
    } finally {
      await third.discard();
    }
  });

  it('brute force on many accounts blocks the address for an hour', async () => {
    const thief = service.visitor();
    let last: Answer | null = null;
    for (let round = 0; round < 12 && last?.json?.code !== 'address_blocked'; round++) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, () =>
          thief.call('/api/v1/auth/login', {
            body: { email: `${randomUUID()}@example.com`, password: 'wrong-otter-paints-9-bridges' },
          }),
        ),
      );
      last = answers.at(-1) ?? null;
    }
    expect(last?.json.code).toBe('address_blocked');
    expect(await only(thief.address, 'THREAT CRITICAL brute_force_attack')).toMatchObject({
      event: 'authn_login_fail_max',
      response: 'address_blocked',
    });
  });

  it('a signed-in user who exceeds limits gets stricter ones, others at the address do not', async () => {
    const busy = await signUp(service);
    const neighbour = await signUp(service);
    for (let round = 0; round < 14; round++)
      await Promise.all(
        Array.from({ length: 10 }, () => busy.visitor.call('/api/v1/auth/session', { token: busy.token })),
      );
    const line = await only(busy.visitor.address, 'THREAT HIGH rate_limit_violation');
    expect(line).toMatchObject({
      event: 'excess_rate_limit_exceeded',
      response: 'stricter_limits',
      user_id: busy.id,
    });
    const refused = await busy.visitor.call('/api/v1/auth/session', { token: busy.token });
    expect([refused.status, refused.headers['x-ratelimit-limit']]).toEqual([429, '25']);
    const beside = await busy.visitor.call('/api/v1/auth/session', { token: neighbour.token });
    expect([beside.status, beside.headers['x-ratelimit-limit']]).toEqual([200, '100']);
  });

  const probes: [string, (visitor: Visitor) => Promise<Answer>, Record<string, unknown>][] = [
    [
      'PROBE attack tool',
      (visitor) => visitor.call('/api/v1/models', { headers: { 'user-agent': 'sqlmap/1.8#stable' } }),
      { event: 'malicious_attack_tool', threat_level: 'MEDIUM', response: 'logged' },
    ],
    [
      'PROBE honeypot',
      (visitor) => visitor.call('/.git/config'),
      { event: 'malicious_extraneous', threat_level: 'MEDIUM', response: 'not_found' },
    ],
    [
      'PROBE foreign origin',
      (visitor) => visitor.call('/health', { headers: { origin: 'https://malicious-site.com' } }),
      { event: 'malicious_cors', threat_level: 'LOW', response: 'no_cors_headers' },
    ],
    [
      'MALICIOUS-INPUT detected',
      (visitor) => visitor.call("/api/v1/none?id=1'%20UNION%20SELECT%20password%20FROM%20users--"),
      { event: 'malicious_sqli', threat_level: 'MEDIUM', response: 'logged', kinds: 'sqli' },
    ],
    [
      'AUTH-MIDDLEWARE VIOLATION signature',
      (visitor) => session(visitor, forged(ada.token)),
      { event: 'authz_fail', threat_level: 'HIGH', response: 'refused' },
    ],
  ];
  it.each(probes)('%s is one line with its name, level and response', async (msg, probe, expected) => {
    const visitor = service.visitor();
    await probe(visitor);
    expect(await only(visitor.address, msg)).toMatchObject(expected);
  });

  it('a flood of unknown paths is one line, however long it goes on', async () => {
    const visitor = service.visitor();
    for (let at = 0; at < 40; at++) await visitor.call(`/api/v1/unknown-${at}`);
    expect(await only(visitor.address, 'PROBE flood of unknown paths')).toMatchObject({
      event: 'malicious_excess_404',
      response: 'not_found',
    });
  });

  it('malicious text of a user is recorded with the user and not refused, and secret fields are not inspected', async () => {
    const writer = await signUp(service);
    const prompt = "a poster that says ' OR 1=1; DROP TABLE users;-- in neon";
    const answer = await writer.visitor.call('/api/v1/generations', {
      token: writer.token,
      body: { model_id: 'velro/canvas', prompt, parameters: { width: 256, height: 256 } },
    });
    expect(answer.status).toBe(202);
    const line = await only(writer.visitor.address, 'MALICIOUS-INPUT detected');
    expect(line).toMatchObject({ event: 'malicious_sqli', user_id: writer.id, attack: 'malicious_input' });
    expect(service.printed).not.toContain('DROP TABLE');
    const quiet = service.visitor();
    await quiet.call('/api/v1/auth/login', {
      body: { email: `${randomUUID()}@example.com`, password: "' OR 1=1; DROP TABLE users;--" },
    });
    await service.logged();
    expect(linesFrom(quiet.address).filter((one) => one.msg.includes('MALICIOUS'))).toEqual([]);
  });

  it('malicious text alone never blocks', async () => {
    const visitor = service.visitor();
    for (let at = 0; at < 60; at++)
      await visitor.call(`/api/v1/models?id=1'%20UNION%20SELECT%20${at}%20FROM%20users--`);
    expect((await visitor.call('/api/v1/auth/session')).status).not.toBe(403);
    expect(linesFrom(visitor.address).filter((line) => line['threat_level'] === 'CRITICAL')).toEqual([]);
  });

  it('an administrator behind a blocked address can work', async () => {
    const root = await administrator(service, 'super_admin');
    await bypass(root.visitor);
    expect((await root.visitor.call('/api/v1/admin/users', { token: root.token })).status).toBe(200);
  });
});

describe('threats in observe mode', () => {
  it('are computed and recorded, and no request is refused', async () => {
    const service = await Service.start({ THREAT_RESPONSES: 'observe' });
    try {
      const { token } = await signUp(service);
      const thief = service.visitor();
      for (let hit = 0; hit < 5; hit++)
        expect((await thief.call('/api/v1/auth/session', { token: forged(token) })).status).toBe(401);
      const line = () =>
        service.lines().find((one) => one.msg === 'SECURITY-EVENT THREAT CRITICAL authentication_bypass');
      expect(await eventually(() => line() !== undefined)).toBe(true);
      expect(line()).toMatchObject({ response: 'observed_address_blocked', source_ip: thief.address });
      expect((await thief.call('/api/v1/auth/session', { token })).status).toBe(200);
      expect((await thief.call('/api/v1/none')).status).toBe(404);
    } finally {
      await service.discard();
    }
  });
});
