import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { password, Service, signUp, type LogLine } from '../support/process/service.js';
import { underForeignKey } from '../support/tokens/forged-tokens.js';

const allowed = 'http://localhost:5173';

describe('a request that a page of another site started', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ THREAT_RESPONSES: 'enforce', CORS_ORIGINS: allowed });
  });
  afterAll(async () => {
    await service.discard();
  });
  const image = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  const registration = () => ({ email: `${randomUUID()}@example.com`, password });
  const eventsAt = async (address: string): Promise<LogLine[]> => {
    await service.logged();
    return service
      .lines()
      .filter(({ msg, source_ip: ip }) => ip === address && msg.startsWith('SECURITY-EVENT'));
  };

  it('uses up nothing of its visitor: 140 of them are refused, and one event is recorded', async () => {
    const visitor = service.visitor();
    for (let at = 0; at < 140; at++) {
      const { status, json, headers } = await visitor.call('/api/v1/auth/me', { headers: image });
      expect([status, json.code]).toEqual([403, 'cross_site_refused']);
      expect(headers).not.toHaveProperty('ratelimit');
    }
    const own = await visitor.call('/api/v1/auth/me');
    expect([own.status, own.headers['x-ratelimit-remaining']]).toEqual([401, '99']);
    const [noted, ...more] = await eventsAt(visitor.address);
    expect(noted).toMatchObject({ event: 'malicious_csrf', threat_level: 'LOW', response: 'refused' });
    expect(more).toEqual([]);
  });

  it.each(['cross-site', 'same-site'])(
    'is no evidence against its visitor, whatever it asks for (%s)',
    async (site) => {
      const visitor = service.visitor();
      const headers = { ...image, 'sec-fetch-site': site };
      const paths = ["/api/v1/models?a=1'%20OR%201=1--", '/.env', "/media/a/b.png?x=1'%20OR%201=1--"];
      for (let at = 0; at < 8; at++)
        for (const path of paths)
          expect([path, (await visitor.call(path, { headers })).status]).toEqual([path, 403]);
      const foreign = { ...headers, origin: 'https://malicious-site.com', 'user-agent': 'sqlmap/1.8' };
      expect((await visitor.call('/health', { headers: foreign })).status).toBe(403);
      expect((await eventsAt(visitor.address)).map(({ event }) => event)).toEqual(['malicious_csrf']);
    },
  );

  it('earns a program that sends the header no second bucket, and writes nothing', async () => {
    const visitor = service.visitor();
    const register = async (headers: Record<string, string>) => {
      const body = registration();
      const { status } = await visitor.call('/api/v1/auth/register', { body, headers });
      return [status, await ask(service.home, 'select 1 from velro.users where email = $1', [body.email])];
    };
    expect([await register({}), await register({})]).toEqual([
      [201, [expect.anything()]],
      [201, [expect.anything()]],
    ]);
    for (const headers of [image, { ...image, 'sec-fetch-site': 'same-site' }])
      expect(await register(headers)).toEqual([403, []]);
    expect(await register({})).toEqual([429, []]);
  });

  it.each<[string, Record<string, string>]>([
    ['an origin that may call the API', { 'sec-fetch-site': 'cross-site', origin: allowed }],
    ['an origin of the same site that may call the API', { 'sec-fetch-site': 'same-site', origin: allowed }],
    ['the service itself', { 'sec-fetch-site': 'same-origin' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
  ])('is accepted from %s', async (_from, headers) => {
    expect((await service.visitor().call('/api/v1/auth/me', { headers })).status).toBe(401);
  });

  it("is accepted from the service's own origin", async () => {
    const headers = { 'sec-fetch-site': 'same-site', origin: service.url };
    expect((await service.visitor().call('/api/v1/auth/me', { headers })).status).toBe(401);
  });

  it('opens a page by a link, shows a picture by its signed link, and asks by a preflight', async () => {
    const visitor = service.visitor();
    for (const path of ['/docs', '/health'])
      expect([path, (await visitor.call(path, { headers: link })).status]).toEqual([path, 200]);
    const media = `/media/generations/${randomUUID()}/0.png?expires=1000000000&signature=AAAA`;
    expect((await visitor.call(media, { headers: image })).json.code).toBe('link_invalid');
    const preflight = { ...image, origin: allowed, 'access-control-request-method': 'POST' };
    const { status } = await visitor.call('/api/v1/auth/login', { method: 'OPTIONS', headers: preflight });
    expect(status).toBe(204);
    expect(await eventsAt(visitor.address)).toEqual([]);
  });

  it.each([
    ['a page that is none', 'GET', '/api/v1/auth/register'],
    ['a route of the API', 'GET', '/api/v1/auth/me'],
    ['an unknown path', 'GET', '/none'],
    ['a form for a page', 'POST', '/docs'],
  ])('is refused as a link to %s', async (_what, method, path) => {
    const { json } = await service.visitor().call(path, { method, headers: link });
    expect(json.code).toBe('cross_site_refused');
  });

  it('reports no violation of a page of this service: a hundred and forty use up nothing', async () => {
    const visitor = service.visitor();
    const body = { 'csp-report': { 'effective-directive': 'script-src' } };
    const report = () => visitor.call('/api/v1/csp-report', { body, headers: image });
    for (let at = 0; at < 140; at++) expect((await report()).status).toBe(204);
    expect((await visitor.call('/api/v1/auth/me')).headers['x-ratelimit-remaining']).toBe('99');
    expect(await eventsAt(visitor.address)).toEqual([]);
  });

  it('or any other from a blocked address writes no further log lines', async () => {
    const { token } = await signUp(service);
    const thief = service.visitor();
    // The same bytes would count once.
    const forged = underForeignKey(token);
    for (let hit = 0; hit < 3; hit++)
      await thief.call('/api/v1/auth/session', { token: underForeignKey(token) });
    // Access lines are written behind the others: those of the first three may come late.
    const count = (): number =>
      service
        .lines()
        .filter(
          (line) => line['source_ip'] === thief.address && (line.msg !== 'ACCESS' || line['status'] === 403),
        ).length;
    await service.logged();
    const before = count();
    for (let at = 0; at < 20; at++) {
      const headers = { 'user-agent': 'sqlmap/1.8', origin: 'https://malicious-site.com' };
      expect((await thief.call("/.git/config?a=1'%20OR%201=1--", { headers })).status).toBe(403);
      expect((await thief.call('/api/v1/auth/session', { token: forged })).status).toBe(403);
    }
    await service.logged();
    expect(count()).toBe(before);
  });
});
