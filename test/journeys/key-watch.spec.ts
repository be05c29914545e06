import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { messengerPolicy } from '../../config/policy/assistants/messenger.js';
import { operatorOf } from '../support/accounts/operator.js';
import { ask } from '../support/database/database.js';
import { GraphServer } from '../support/meta/graph-server.js';
import { Service } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

interface Item {
  readonly name: string;
  readonly kind: string;
  readonly level: string;
  readonly age_days: number | null;
  readonly days_left: number | null;
}

const days = (count: number): number => Math.floor(Date.now() / 1000) + count * 24 * 3600 + 3600;

describe('keys and tokens', () => {
  let graph: GraphServer;
  let service: Service;
  let env: Record<string, string>;
  const metricsToken = randomBytes(32).toString('hex');
  beforeAll(async () => {
    graph = await GraphServer.start();
    graph.subscribed = messengerPolicy.subscribedFields;
    env = {
      ...graph.env,
      AI_PROVIDER: 'none',
      METRICS_TOKEN: metricsToken,
      SECURITY_ALERT_WEBHOOK_URL: 'http://127.0.0.1:9/',
    };
    service = await Service.start(env);
  });
  afterAll(async () => {
    for (const secret of [graph.token, graph.secret, graph.verifyToken, metricsToken])
      expect(service.printed).not.toContain(secret);
    await service.discard();
    await graph.stop();
  });
  beforeEach(() => {
    graph.tokenState = { is_valid: true, expires_at: 0 };
    graph.subscribed = messengerPolicy.subscribedFields;
  });

  const read = async () => {
    const { status, json } = await service.visitor().call('/ops/tokens', { headers: operatorOf(service) });
    expect(status).toBe(200);
    return json;
  };
  const item = async (name: string): Promise<Item> => {
    const keys = (await read()).keys as Item[];
    const found = keys.find((key) => key.name === name);
    if (found === undefined) throw new Error(`${name} is not watched`);
    return found;
  };
  const said = (text: string, details: object = {}) =>
    service
      .lines()
      .filter(
        (line) =>
          line.msg === `SECURITY-EVENT ${text}` &&
          Object.entries(details).every(([name, value]) => line[name] === value),
      );
  /** Has Meta asked now, and waits for what it says. */
  const asked = async (): Promise<void> => {
    const [row] = await ask<{ now: Date }>(
      service.home,
      'update velro.page_watch set due_at = now() returning now() as now',
    );
    await until(async () => {
      const checked = (await read()).page.checked_at as string | null;
      return checked !== null && new Date(checked) > (row?.now ?? new Date());
    }, 'an answer of Meta');
  };

  it('are shown to operators alone, without a character of them', async () => {
    const { status } = await service.visitor().call('/ops/tokens');
    expect(status).toBe(401);
    const text = JSON.stringify(await read());
    for (const secret of [graph.token, graph.secret, metricsToken]) expect(text).not.toContain(secret);
    expect(await item('METRICS_TOKEN')).toMatchObject({ kind: 'key', level: 'ok', age_days: 0 });
  });

  it('that are old are a notice, said once', async () => {
    // They are met with the first look at the latest.
    await read();
    await ask(
      service.home,
      "update velro.key_fingerprints set first_seen_at = now() - interval '91 days', last_seen_at = now() where name = 'FACEBOOK_VERIFY_TOKEN'",
    );
    service = await restarted(env);
    expect(await item('FACEBOOK_VERIFY_TOKEN')).toMatchObject({ level: 'notice', age_days: 91 });
    await asked();
    await asked();
    expect(said('KEYS key is to be replaced', { key: 'FACEBOOK_VERIFY_TOKEN' })).toMatchObject([
      { urgency: 'notice', threat_level: 'LOW' },
    ]);
  });

  it.each([
    [29, 'notice', 'LOW'],
    [6, 'warning', 'MEDIUM'],
    [2, 'critical', 'HIGH'],
  ])('of a page that end in %i days are a %s', async (left, level, threat) => {
    graph.tokenState = { is_valid: true, expires_at: days(left), data_access_expires_at: days(60) };
    await asked();
    expect(await item('FACEBOOK_PAGE_ACCESS_TOKEN')).toMatchObject({ kind: 'token', level, days_left: left });
    expect(await item('FACEBOOK_PAGE_ACCESS_TOKEN data access')).toMatchObject({ level: 'ok' });
    expect(
      said('KEYS key is to be replaced', { key: 'FACEBOOK_PAGE_ACCESS_TOKEN', urgency: level }),
    ).toMatchObject([{ threat_level: threat, days_left: left }]);
  });

  it('that become critical together are each an alert, which names the key', async () => {
    graph.tokenState = { is_valid: true, expires_at: 0, data_access_expires_at: 0 };
    await asked();
    graph.tokenState = { is_valid: true, expires_at: days(1), data_access_expires_at: days(1) };
    await asked();
    const alerts = () =>
      ask<{ key: string }>(
        service.home,
        "select payload -> 'data' ->> 'key' as key from velro.security_alerts where payload -> 'data' ->> 'text' = 'KEYS key is to be replaced'",
      );
    const named = async () => new Set((await alerts()).map(({ key }) => key));
    await until(
      async () => (await named()).has('FACEBOOK_PAGE_ACCESS_TOKEN data access'),
      'the alert about the access to data',
    );
    expect(await named()).toContain('FACEBOOK_PAGE_ACCESS_TOKEN');
  });

  it('of a page that Meta does not take any more are critical, said once', async () => {
    graph.tokenState = { is_valid: false, expires_at: days(20) };
    await asked();
    await asked();
    expect(await item('FACEBOOK_PAGE_ACCESS_TOKEN')).toMatchObject({ level: 'critical' });
    expect((await read()).level).toBe('critical');
    expect(said('KEYS page token invalid')).toMatchObject([{ threat_level: 'CRITICAL' }]);
  });

  it('stay as Meta said last while it says nothing', async () => {
    graph.tokenState = { is_valid: true, expires_at: days(20) };
    await asked();
    graph.tokenState = null;
    await asked();
    expect(await item('FACEBOOK_PAGE_ACCESS_TOKEN')).toMatchObject({ level: 'notice', days_left: 20 });
    expect((await read()).page).toMatchObject({ token_valid: true, failure: 'token: token' });
  });

  it('whose page is not subscribed any more have it subscribed again, with all that is taken', async () => {
    graph.subscribed = ['messages'];
    await asked();
    expect(graph.subscribed).toEqual(messengerPolicy.subscribedFields);
    expect((await read()).page).toMatchObject({ subscribed: true, failure: null });
    expect(said('MESSENGER page unsubscribed')).toMatchObject([
      { threat_level: 'MEDIUM', response: 'subscribed again' },
    ]);
  });

  it('that are others at a start are said to be rotated, once, and the rest are not', async () => {
    const next = { ...env, METRICS_TOKEN: randomBytes(32).toString('hex') };
    service = await restarted(next);
    await until(() => said('KEYS key rotated').length > 0, 'the line of the rotation');
    await asked();
    expect(said('KEYS key rotated')).toMatchObject([
      { variable: 'METRICS_TOKEN', event: 'authn_token_created' },
    ]);
    service = await restarted(next);
    await asked();
    expect(said('KEYS key rotated')).toEqual([]);
  });

  const restarted = async (as: Readonly<Record<string, string>>): Promise<Service> => {
    const { home } = service;
    expect(await service.stop({ keepHome: true })).toBe(0);
    return Service.start(as, home);
  };
});
