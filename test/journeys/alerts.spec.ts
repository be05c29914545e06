import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { alertPolicy } from '../../config/policy/operations/security-events.js';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { AlertReceiverServer, type ReceivedAlert } from '../support/http/alert-receiver.js';
import { Command } from '../support/process/command.js';
import { ask } from '../support/database/database.js';
import { lastTry } from '../support/database/last-try.js';
import { until } from '../support/process/wait-until.js';
import { password, Service } from '../support/process/service.js';

describe('alerts', () => {
  let receiver: AlertReceiverServer;
  let service: Service;
  let admin: Administrator;
  let verifier: Webhook;
  beforeAll(async () => {
    receiver = await AlertReceiverServer.start();
    service = await Service.start({
      SECURITY_ALERT_WEBHOOK_URL: receiver.url,
      ADMIN_IP_ALLOWLIST: '127.0.0.0/8',
    });
    admin = await administrator(service, 'admin');
    const command = Command.start(
      [process.execPath, join(import.meta.dirname, '..', '..', 'dist/src/cli/security-alert-key.js')],
      { cwd: service.home, env: { ENVIRONMENT: 'test', VELRO_HOME: service.home } },
    );
    expect(await command.exited()).toBe(0);
    expect(command.stdout).toMatch(/^whsec_[A-Za-z0-9+/]{43}=\n$/);
    verifier = new Webhook(command.stdout.trim());
  });
  afterAll(async () => {
    await service.discard();
    await receiver.stop();
  });
  beforeEach(async () => {
    receiver.fault = 'none';
    await until(
      async () =>
        (await ask(service.home, 'select 1 from velro.security_alerts where delivered_at is null')).length ===
        0,
      'a delivery of all before',
    );
    receiver.received.length = 0;
  });

  /** A token whose signature is wrong: HIGH. */
  const forge = (address: string) => {
    const [head = '', body = '', signature = ''] = admin.token.split('.');
    // Another one each time: the same bytes again are no further evidence.
    const wrong = `${randomBytes(6).toString('base64url')}${signature.slice(8)}`;
    return service.visitor(address).call('/api/v1/auth/me', { token: `${head}.${body}.${wrong}` });
  };
  const arrive = (count: number) => until(() => receiver.received.length >= count, `${count} alerts`);
  const dataOf = ({ body }: ReceivedAlert): Record<string, unknown> =>
    (JSON.parse(body) as { data: Record<string, unknown> }).data;
  const testAlert = () =>
    admin.visitor.call('/api/v1/admin/security/test-alert', { method: 'POST', token: admin.token });

  it('are delivered at once for a HIGH event, signed, with fixed fields and no input', async () => {
    const { json } = await forge('127.60.0.1');
    expect(await arrive(1)).toBeLessThan(3000);
    const [alert] = receiver.received;
    if (alert === undefined) throw new Error('no alert');
    expect(verifier.verify(alert.body, alert.headers as Record<string, string>)).toEqual({
      type: 'security.alert',
      timestamp: expect.stringMatching(/Z$/),
      data: {
        event: 'authz_fail',
        level: 'HIGH',
        text: 'AUTH-MIDDLEWARE VIOLATION signature',
        source_ip: '127.60.0.1',
        user_id: null,
        request_id: json.request_id,
        method: 'GET',
        route: '/api/v1/auth/me',
        response: 'refused',
        attack: null,
        budget: null,
        key: null,
        suppressed: 0,
        environment: 'test',
        service: null,
      },
    });
    expect(() => verifier.verify(`${alert.body} `, alert.headers as Record<string, string>)).toThrow();
    expect(alert.body).not.toMatch(/eyJ|otter|@/);
  });

  it('tell of each checkpoint of the audit log, signed, also when the receiver was away', async () => {
    receiver.fault = 'error';
    const taken = await admin.visitor.call('/api/v1/admin/audit/checkpoints', {
      token: admin.token,
      body: {},
    });
    expect(taken.status).toBe(201);
    await arrive(1);
    receiver.fault = 'none';
    const told = () => receiver.received.filter(({ body }) => body.includes('audit.checkpoint'));
    await until(() => told().length > 1, 'a retry');
    const [first, again] = told();
    if (first === undefined || again === undefined) throw new Error('no checkpoint');
    expect(again.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(verifier.verify(again.body, again.headers as Record<string, string>)).toEqual({
      type: 'audit.checkpoint',
      timestamp: taken.json.at,
      data: { note: taken.json.note, environment: 'test', service: null },
    });
  });

  it('are sent once a minute for the same event of the same address; another address has its own', async () => {
    await forge('127.60.0.2');
    await arrive(1);
    for (let round = 0; round < 4; round++) await forge('127.60.0.2');
    await forge('127.60.0.3');
    await until(
      () => receiver.received.some((alert) => dataOf(alert)['source_ip'] === '127.60.0.3'),
      'the other alert',
    );
    const of = (ip: string, level: string) =>
      receiver.received
        .map(dataOf)
        .filter(
          (data) =>
            data['source_ip'] === ip &&
            data['level'] === level &&
            data['event'] === 'authz_fail' &&
            String(data['text']).startsWith('AUTH'),
        );
    expect(of('127.60.0.2', 'HIGH')).toHaveLength(1);
    // Five forged tokens are more than a HIGH event each: what they add up to does not wait for the minute to end.
    expect(receiver.received.map(dataOf).filter((data) => data['level'] === 'CRITICAL')).toHaveLength(1);
  });

  it.each(['error', 'refuse', 'redirect'] as const)(
    'come again under the same id after the receiver answered with: %s',
    async (fault) => {
      receiver.fault = fault;
      const { status, json } = await testAlert();
      expect([status, json.receivers]).toEqual([202, ['webhook']]);
      if (fault === 'refuse')
        await until(() => service.printed.includes(String(json.alert_id)), 'a failed try');
      else await arrive(1);
      expect((await service.visitor().call('/health')).status).toBe(200);
      receiver.fault = 'none';
      const before = receiver.received.length;
      await arrive(before + 1);
      const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
      expect(new Set(ids)).toEqual(new Set([json.alert_id]));
      for (const { headers, body, path } of receiver.received) {
        expect(verifier.verify(body, headers as Record<string, string>)).toMatchObject({
          data: { text: 'ADMIN test alert' },
        });
        expect(path).toMatch(/^\/alerts/);
      }
    },
  );

  it('are retried later after five seconds without an answer, and no request waits meanwhile', async () => {
    receiver.fault = 'hang';
    await testAlert();
    await arrive(1);
    for (let round = 0; round < 20; round++) {
      const asked = performance.now();
      expect((await forge(`127.61.0.${round}`)).status).toBe(401);
      // Each by itself: all of them may take a busy machine longer than one try.
      expect(performance.now() - asked).toBeLessThan(alertPolicy.sendTimeoutMs);
    }
    receiver.fault = 'none';
    await arrive(2);
    expect(receiver.received[1]?.headers['webhook-timestamp']).toMatch(/^\d+$/);
  });

  it('are given up when never accepted, with one event and no further alert', async () => {
    receiver.fault = 'error';
    const { json } = await testAlert();
    await arrive(1);
    const gaveUp = async () =>
      (
        await ask(
          service.home,
          'select 1 from velro.security_alerts where id = $1 and gave_up_at is not null',
          [json.alert_id],
        )
      ).length === 1;
    await until(lastTry(service.home, 'alert', json.alert_id, gaveUp), 'a giving up');
    const said = () => service.lines().filter(({ msg }) => msg === 'SECURITY-EVENT ALERT not delivered');
    await until(() => said().length > 0, 'the line about it');
    expect(said()).toHaveLength(1);
    await ask(service.home, 'update velro.security_alerts set delivered_at = now() where id = $1', [
      json.alert_id,
    ]);
  });

  it('do not reveal their receiver in the log', () => {
    expect(service.printed).not.toContain('canary-in-the-url');
    expect(service.printed).not.toContain(password);
  });
});
