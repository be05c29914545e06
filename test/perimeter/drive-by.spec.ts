import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { password, Service, signUp } from '../support/process/service.js';
import { underForeignKey } from '../support/tokens/forged-tokens.js';

describe('cross-site requests of a browser', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ THREAT_RESPONSES: 'enforce' });
  });
  afterAll(async () => {
    await service.stop();
  });
  const crossSite = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };

  it('block no visitor, though they are recorded', async () => {
    const visitor = service.visitor();
    for (let at = 0; at < 10; at++)
      expect((await visitor.call(`/.env?${at}`, { headers: crossSite })).status).toBe(404);
    const body = { email: `${randomUUID()}@example.com`, password };
    expect((await visitor.call('/api/v1/auth/register', { body })).status).toBe(201);
    const noted = service
      .lines()
      .filter(({ msg, source_ip: ip }) => ip === visitor.address && msg === 'SECURITY-EVENT PROBE honeypot');
    expect(noted).toHaveLength(1);
  });

  it("do not count against the visitor's limits", async () => {
    const visitor = service.visitor();
    for (let at = 0; at < 5; at++) await visitor.call('/api/v1/auth/register', { headers: crossSite });
    const body = { email: `${randomUUID()}@example.com`, password };
    expect((await visitor.call('/api/v1/auth/register', { body })).status).toBe(201);
  });

  it('and any requests of a blocked address write no further log lines but those of access', async () => {
    const { token } = await signUp(service);
    const thief = service.visitor();
    const forged = underForeignKey(token);
    // Each under another signature: the same bytes again are no further evidence.
    for (let hit = 0; hit < 3; hit++)
      await thief.call('/api/v1/auth/session', {
        token: forged.replace(/\.[^.]{8}([^.]*)$/, `.${randomBytes(6).toString('base64url')}$1`),
      });
    const count = (): number =>
      service.lines().filter((line) => line['source_ip'] === thief.address && line.msg !== 'ACCESS').length;
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
