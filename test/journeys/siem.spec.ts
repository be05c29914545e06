import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { makeCertificates, openssl, type Certificates } from '../support/process/certificates.js';
import { Command } from '../support/process/command.js';
import { operatorOf } from '../support/accounts/operator.js';
import { password, Service, signUp } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';
import { HttpSiemServer, SyslogServer } from '../support/siem/siem-server.js';
import { allStored, storedIds } from '../support/siem/stored-events.js';

const folder = mkdtempSync(join(tmpdir(), 'velro-siem-'));
const psid = '7284910362845719';
const appSecret = randomBytes(16).toString('hex');

(openssl ? describe : describe.skip)('security events', () => {
  let certificates: Certificates;
  beforeAll(async () => {
    certificates = await makeCertificates(folder);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  describe('exported over HTTPS', () => {
    let siem: HttpSiemServer;
    let service: Service;
    beforeAll(async () => {
      siem = await HttpSiemServer.start(certificates);
      service = await Service.start({
        SIEM_URL: siem.url,
        NODE_EXTRA_CA_CERTS: certificates.ca,
        FACEBOOK_PAGE_ACCESS_TOKEN: `EAAcanary${randomBytes(16).toString('hex')}`,
        FACEBOOK_VERIFY_TOKEN: randomBytes(16).toString('hex'),
        FACEBOOK_APP_SECRET: appSecret,
      });
    });
    afterAll(async () => {
      await service.discard();
      await siem.stop();
    });
    const exported = async (): Promise<void> => {
      await allStored(service);
      await until(async () => {
        const stored = await storedIds(service.home);
        return stored.length > 0 && stored.every((id) => siem.ids.includes(id));
      }, 'an export of all');
    };

    it('come in the order in which they are stored, once, signed for the key of the command', async () => {
      for (let round = 0; round < 5; round++)
        await service.visitor(`127.70.0.${round}`).call('/api/v1/auth/session', { token: 'invalid-token' });
      await exported();
      expect(siem.ids).toEqual(await storedIds(service.home));
      const command = Command.start(
        [process.execPath, join(import.meta.dirname, '..', '..', 'dist/src/cli/security-siem-key.js')],
        { cwd: service.home, env: { ENVIRONMENT: 'test', VELRO_HOME: service.home } },
      );
      expect(await command.exited()).toBe(0);
      const verifier = new Webhook(command.stdout.trim());
      for (const { body, headers } of siem.batches)
        expect(verifier.verify(body, headers as Record<string, string>)).not.toHaveLength(0);
    });

    it('have no token, password, address or page-scoped id, whatever was sent', async () => {
      const account = await signUp(service);
      const post = (path: string, body: unknown, token?: string) =>
        account.visitor.call(`/api/v1/${path}`, { body, ...(token === undefined ? {} : { token }) });
      await post('auth/login', { email: account.email, password: `${password}-canary` });
      await post('auth/login', { email: account.email, password });
      const key = await post('api-keys', { name: 'robot', scopes: ['account:read'] }, account.token);
      const [head = '', body = '', signature = ''] = account.token.split('.');
      await service.visitor().call('/api/v1/auth/me', { token: `${head}.${body}.AAAA${signature.slice(4)}` });
      await service.visitor().call(`/api/v1/none/${account.email}?password=${password}`, {
        headers: {
          'user-agent': `sqlmap/1.8 ${account.email}`,
          authorization: `Bearer ${String(key.json.key)}`,
        },
      });
      // Signed by the app and unreadable, and by somebody else: one event each.
      const batch = `{"object":"page","entry":[{"messaging":[{"sender":{"id":"${psid}"}`;
      const statuses: number[] = [];
      for (const secret of [appSecret, 'another']) {
        const { status } = await service.visitor().call('/webhook/messenger', {
          method: 'POST',
          raw: batch,
          headers: {
            'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(batch).digest('hex')}`,
          },
        });
        statuses.push(status);
      }
      expect(statuses).toEqual([400, 403]);
      await exported();
      const names = new Set(siem.events.map(({ metadata }) => metadata.event_code));
      for (const name of [
        'authn_login_fail',
        'authn_login_success',
        'authn_token_created',
        'input_validation_fail',
      ])
        expect(names).toContain(name);
      const everything = siem.batches.map(({ body: text }) => text).join('\n');
      const canaries = [
        account.email,
        account.email.split('@')[0] ?? '',
        '@example.com',
        password,
        'canary',
        psid,
      ];
      for (const canary of [
        ...canaries,
        account.token,
        signature,
        String(key.json.key),
        account.refreshToken,
        'eyJ',
      ])
        expect(everything).not.toContain(canary);
    });

    it('are counted where they wait, and no scrape or request waits for a SIEM that hangs', async () => {
      const scrape = async (): Promise<string> =>
        (await service.visitor().call('/metrics', { headers: operatorOf(service) })).text;
      const waiting = (text: string): number => Number(/^siem_events_waiting (\d+)$/m.exec(text)?.[1]);
      siem.fault = 'hang';
      await service.visitor('127.70.1.1').call('/api/v1/auth/session', { token: 'invalid-token' });
      await until(async () => waiting(await scrape()) > 0, 'events that wait');
      const text = await scrape();
      expect(text).toMatch(/^siem_oldest_waiting_seconds [\d.]+$/m);
      expect(text).toMatch(/^siem_events_expired 0$/m);
      expect((await service.visitor().call('/health')).status).toBe(200);
      siem.fault = 'none';
      await until(async () => waiting(await scrape()) === 0, 'no events that wait');
      await exported();
      expect(new Set(siem.ids).size).toBe(siem.ids.length);
    });

    it('do not reveal the address of the SIEM in the log', () => {
      for (const word of ['canary-in-the-url', 'pass:word', 'pass%3Aword'])
        expect(service.printed).not.toContain(word);
    });
  });

  it('are exported by syslog over TLS', async () => {
    const siem = await SyslogServer.start(certificates);
    const service = await Service.start({ SIEM_URL: siem.url, NODE_EXTRA_CA_CERTS: certificates.ca });
    await service.visitor('127.71.0.1').call('/api/v1/auth/session', { token: 'invalid-token' });
    await until(async () => {
      const stored = await storedIds(service.home);
      return stored.length > 1 && stored.every((id) => siem.ids.includes(id));
    }, 'an export of all');
    await service.discard();
    await siem.stop();
    for (const message of siem.messages)
      expect(message).toMatch(/^<1\d\d>1 \S+Z \S+ velro [0-9a-f]{12} \w+ - \{"/);
  });
});
