import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { webhookPolicy } from '../../config/policy/operations/webhook-endpoints.js';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { ask } from '../support/database/database.js';
import { answers, verified, WebhookReceiver } from '../support/http/webhook-receiver.js';
import { patient } from '../support/process/policy.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const own = '/api/v1/webhook-endpoints';
const ofService = '/api/v1/admin/webhook-endpoints';

interface Endpoint {
  readonly id: string;
  readonly secret: string;
  readonly path: string;
}

describe('a webhook endpoint of the service', () => {
  let service: Service;
  let receiver: WebhookReceiver;
  let admin: Administrator;
  let ada: Account;
  beforeAll(async () => {
    [service, receiver] = await Promise.all([
      Service.start({
        ALLOW_LOOSER_LIMITS: 'true',
        RATE_LIMIT_API_STANDARD: '100000/minute',
        ADMIN_RATE_LIMIT_REQUESTS: '100000',
        ...patient,
      }),
      WebhookReceiver.start(),
    ]);
    admin = await administrator(service, 'admin');
    ada = await signUp(service);
  });
  afterAll(async () => {
    await Promise.all([service.discard(), receiver.stop()]);
  });

  const call = (path: string, method = 'GET', body?: object, of: Account = admin) =>
    service.visitor().call(path, { method, token: of.token, ...(body === undefined ? {} : { body }) });
  const create = (types: readonly string[], path = `/${randomUUID()}`, at = ofService, of: Account = admin) =>
    call(at, 'POST', { url: receiver.at(path), event_types: types }, of);
  const endpointFor = async (types: readonly string[], reaction = answers(204)): Promise<Endpoint> => {
    const path = `/${randomUUID()}`;
    const { json } = await create(types, path);
    receiver.at(path, reaction);
    return { id: String(json.id), secret: String(json.secret), path };
  };
  const bodiesOf = (endpoint: Endpoint) =>
    receiver.of(endpoint.path).map((one) => verified(one, endpoint.secret));
  const rows = () => ask(service.home, 'select * from velro.webhook_endpoints order by id');
  const count = async (endpoint: Endpoint): Promise<number> =>
    (await ask(service.home, 'select from velro.webhook_deliveries where endpoint_id = $1', [endpoint.id]))
      .length;

  it('is made by an administrator, and used by each, while accounts find none of theirs there', async () => {
    const made = await create(['security.event', 'generation.failed']);
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ event_types: ['generation.failed', 'security.event'] });
    const id = String(made.json.id);
    const other = await administrator(service, 'super_admin');
    const accounts = await create(['generation.failed'], '/of-ada', own, ada);
    expect(accounts.status).toBe(201);
    const listed = (await call(ofService, 'GET', undefined, other)).json.data as { id: string }[];
    expect(listed.map((one) => one.id)).toEqual([id]);
    expect((await call(own)).json.data).toEqual([]);
    const before = await rows();
    for (const [base, subject] of [
      [own, id],
      [ofService, String(accounts.json.id)],
    ] as const) {
      for (const path of ['rotate', 'test'])
        expect((await call(`${base}/${subject}/${path}`, 'POST', {})).json.code).toBe('not_found');
      expect((await call(`${base}/${subject}/deliveries`)).json.code).toBe('not_found');
      expect((await call(`${base}/${subject}`, 'DELETE')).json.code).toBe('not_found');
    }
    expect(await rows()).toEqual(before);
    expect((await call(`${ofService}/${id}`, 'DELETE', undefined, other)).status).toBe(204);
    await service.logged();
    const lines = service.lines().filter((line) => line['endpoint_id'] === id);
    expect(lines.map((line) => [line.msg, line['threat_level'], line['of']])).toEqual([
      ['SECURITY-EVENT WEBHOOK-ENDPOINT created', 'MEDIUM', 'service'],
      ['SECURITY-EVENT WEBHOOK-ENDPOINT deleted', 'MEDIUM', 'service'],
    ]);
  });

  it.each(['budget.reached', 'security.event'])(
    'alone is sent %s: accounts may not choose it',
    async (type) => {
      const before = await rows();
      const refused = await create(['generation.completed', type], undefined, own, ada);
      expect([refused.status, refused.json.code]).toEqual([422, 'validation_failed']);
      expect(await rows()).toEqual(before);
    },
  );

  it('is sent what happens to every account, by ids alone', async () => {
    const endpoint = await endpointFor(['generation.completed', 'credits.granted']);
    const eve = await signUp(service);
    const parameters = { width: 256, height: 256 };
    const ids: string[] = [];
    for (const who of [ada, eve]) {
      const { json } = await who.visitor.call('/api/v1/generations', {
        token: who.token,
        body: { model_id: 'velro/canvas', prompt: 'a very private wish', parameters },
      });
      ids.push(String(json.id));
    }
    await receiver.until(endpoint.path, 3);
    const of = (userId: string) => ({
      sequence: 1,
      user_id: userId,
      link: `${service.url}/api/v1/admin/users/${userId}`,
    });
    const data = bodiesOf(endpoint).map((body) => ({ type: body['type'], ...(body['data'] as object) }));
    expect(data).toHaveLength(3);
    expect(data).toEqual(
      expect.arrayContaining([
        { type: 'credits.granted', id: eve.id, status: 'starting', ...of(eve.id) },
        { type: 'generation.completed', id: ids[0], status: 'completed', ...of(ada.id) },
        { type: 'generation.completed', id: ids[1], status: 'completed', ...of(eve.id) },
      ]),
    );
    expect((await call(`${ofService}/${endpoint.id}/deliveries`)).json.data).toHaveLength(3);
    expect((await call(`${ofService}/${endpoint.id}`, 'DELETE')).status).toBe(204);
  });

  it('is sent each share of a budget that is spent, once', async () => {
    const endpoint = await endpointFor(['budget.reached']);
    await ask(
      service.home,
      `insert into velro.budget_sums (scope, period, reserved_microusd, spent_microusd)
       values ('total:ai', 'D' || to_char(now() at time zone 'UTC', 'YYYY-MM-DD'), 0, 4200000)
       on conflict (scope, period) do update set spent_microusd = excluded.spent_microusd`,
    );
    const told = () => bodiesOf(endpoint).map(({ data }) => data as Record<string, unknown>);
    await until(() => told().some(({ share }) => share === 0.8), 'the share of 80 %');
    const [first] = told();
    expect(first).toEqual({
      id: 'total:ai',
      period: expect.stringMatching(/^D\d{4}-\d\d-\d\d$/),
      share: expect.any(Number),
      sequence: expect.any(Number),
      link: `${service.url}/api/v1/admin/budgets`,
    });
    const shares = told().map(({ share }) => share);
    expect(new Set(shares).size).toBe(shares.length);
  });

  it('is sent security events of high levels, thin, and as rarely as alerts', async () => {
    const endpoint = await endpointFor(['security.event']);
    const forge = (address: string) => {
      const [head = '', body = '', signature = ''] = admin.token.split('.');
      const wrong = `${randomBytes(6).toString('base64url')}${signature.slice(8)}`;
      return service.visitor(address).call('/api/v1/auth/me', { token: `${head}.${body}.${wrong}` });
    };
    for (let made = 0; made < 2; made++) await forge('127.60.0.9');
    await forge('127.60.0.10');
    await receiver.until(endpoint.path, 2);
    for (const body of bodiesOf(endpoint))
      expect(body).toEqual({
        type: 'security.event',
        timestamp: expect.any(String),
        data: {
          id: expect.any(String),
          event: 'authz_fail',
          level: 'HIGH',
          sequence: 1,
          link: `${service.url}/api/v1/admin/security/events?event=authz_fail&level=HIGH`,
        },
      });
    expect(await count(endpoint)).toBe(2);
  });

  it('is refused beyond twenty, also when they are made at once', async () => {
    const made = await Promise.all(Array.from({ length: 24 }, () => create(['budget.reached'])));
    expect(new Set(made.filter(({ status }) => status !== 201).map(({ json }) => json.code))).toEqual(
      new Set(['webhook_endpoints_exceeded']),
    );
    expect(
      (await rows()).filter((row) => row['user_id'] === null && row['removed_at'] === null),
    ).toHaveLength(webhookPolicy.ofService);
  });

  it('is disabled by its receiver with a security event', async () => {
    await ask(service.home, 'delete from velro.webhook_endpoints where user_id is null');
    const endpoint = await endpointFor(['budget.reached'], answers(410));
    await call(`${ofService}/${endpoint.id}/test`, 'POST', {});
    await until(async () => {
      const [row] = (await call(ofService)).json.data as { disabled_reason: string | null }[];
      return row?.disabled_reason === 'gone';
    }, 'the disabling');
    await service.logged();
    const line = service
      .lines()
      .find(({ msg, endpoint_id: id }) => id === endpoint.id && msg.includes('disabled'));
    expect(line).toMatchObject({ threat_level: 'MEDIUM', of: 'service', reason: 'gone' });
    expect(
      await ask(service.home, "select from velro.notices where kind = 'webhook_endpoint_disabled'"),
    ).toEqual([]);
  });
});
