import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { webhookPolicy } from '../../config/policy/operations/webhook-endpoints.js';
import { insist } from '../support/http/insist.js';
import { administrator } from '../support/accounts/authenticator.js';
import { mailsTo } from '../support/accounts/outbox.js';
import { ask } from '../support/database/database.js';
import {
  answers,
  hostile,
  verified,
  WebhookReceiver,
  type Received,
} from '../support/http/webhook-receiver.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const gatewaySecret = randomBytes(32).toString('hex');
const env = {
  WEBHOOK_GATEWAY_SECRET: gatewaySecret,
  ALLOW_LOOSER_LIMITS: 'true',
  RATE_LIMIT_API_STANDARD: '100000/minute',
  RATE_LIMIT_GENERATION_CREATE: '1000/hour',
};
const base = '/api/v1/webhook-endpoints';

interface Endpoint {
  readonly id: string;
  readonly secret: string;
  readonly path: string;
}

describe('a webhook endpoint', () => {
  let service: Service;
  let receiver: WebhookReceiver;
  let ada: Account;
  let eve: Account;
  beforeAll(async () => {
    [service, receiver] = await Promise.all([Service.start(env), WebhookReceiver.start()]);
    [ada, eve] = [await signUp(service), await signUp(service)];
  });
  afterAll(async () => {
    await Promise.all([service.discard(), receiver.stop()]);
  });

  const call = (path: string, method = 'GET', body?: object, of = ada) =>
    service
      .visitor()
      .call(`${base}${path}`, { method, token: of.token, ...(body === undefined ? {} : { body }) });
  const create = (url: string, types: readonly string[] = ['generation.completed'], of = ada) =>
    call('', 'POST', { url, event_types: types }, of);
  const endpointAt = async (
    reaction = answers(204),
    types: readonly string[] = ['generation.completed'],
    of = ada,
  ): Promise<Endpoint> => {
    const path = `/${randomUUID()}`;
    const { json } = await create(receiver.at(path, reaction), types, of);
    return { id: String(json.id), secret: String(json.secret), path };
  };
  const testOf = async ({ id }: Endpoint) => call(`/${id}/test`, 'POST', {});
  const deliveriesOf = async ({ id }: Endpoint, of = ada) =>
    (await call(`/${id}/deliveries`, 'GET', undefined, of)).json.data as Record<string, unknown>[];
  const delivery = async (endpoint: Endpoint, has: (one: Record<string, unknown>) => boolean) => {
    let found: Record<string, unknown> | undefined;
    await until(async () => {
      found = (await deliveriesOf(endpoint)).find(has);
      return found !== undefined;
    }, 'the delivery');
    return found ?? {};
  };
  const generate = async (of: Account, id = 'fog'): Promise<string> => {
    const parameters = { width: 256, height: 256 };
    const { json } = await of.visitor.call('/api/v1/generations', {
      token: of.token,
      body: { model_id: 'velro/canvas', prompt: id, parameters },
    });
    return String(json.id);
  };
  const hurry = ({ id }: Endpoint) =>
    ask(
      service.home,
      `with due as (update velro.webhook_deliveries set next_attempt_at = now() where endpoint_id = $1 and state = 'waiting')
       update velro.webhook_endpoints set work_at = now(), paused_until = null where id = $1 and lease is null`,
      [id],
    );
  const eventsOf = async (id: string): Promise<string[]> => {
    await service.logged();
    const lines = service.lines().filter((line) => line['endpoint_id'] === id);
    return lines.map(({ msg }) => msg.replace('SECURITY-EVENT ', ''));
  };
  const bodyOf = (one: Received | undefined, { secret }: Endpoint) => {
    if (one === undefined) throw new Error('nothing came');
    return verified(one, secret);
  };
  const rowsOf = (of: Account) =>
    ask(service.home, 'select * from velro.webhook_endpoints where user_id = $1 order by id', [of.id]);

  it('is created with a secret that is shown once, listed and deleted', async () => {
    const made = await call('', 'POST', {
      url: receiver.at('/listed'),
      description: 'orders',
      event_types: ['credits.granted', 'generation.failed'],
    });
    expect(made.status).toBe(201);
    const { secret, ...rest } = made.json as Record<string, string>;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(rest).toEqual({
      id: expect.any(String),
      url: receiver.at('/listed'),
      description: 'orders',
      event_types: ['generation.failed', 'credits.granted'],
      created_at: expect.any(String),
      disabled_at: null,
      disabled_reason: null,
      failing_since: null,
      previous_secret_expires_at: null,
      redelivering_since: null,
    });
    expect((await call('')).json.data).toEqual([rest]);
    const raw = Buffer.from(String(secret).slice(6), 'base64');
    const [row] = await rowsOf(ada);
    expect(JSON.stringify(row)).not.toContain(String(secret).slice(6));
    expect((row?.['secret_sealed'] as Buffer).includes(raw)).toBe(false);
    expect((await call(`/${rest['id'] ?? ''}`, 'DELETE')).status).toBe(204);
    expect((await call('')).json.data).toEqual([]);
    expect(await eventsOf(String(rest['id']))).toEqual([
      'WEBHOOK-ENDPOINT created',
      'WEBHOOK-ENDPOINT deleted',
    ]);
    expect(service.printed).not.toContain(String(secret).slice(6));
  });

  it.each([
    'http://hooks.example.com/',
    'https://hooks.example.com:8443/',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1/',
    'https://[::1%25eth0]/',
    'https://metadata.google.internal/',
    'https://ada:pw@hooks.example.com/',
    'https://2130706433/',
    'file:///etc/passwd',
  ])('is refused at %s, and nothing is stored', async (url) => {
    const before = await rowsOf(ada);
    const { status, json } = await create(url);
    expect([status, json.code]).toEqual([422, 'validation_failed']);
    expect(await rowsOf(ada)).toEqual(before);
  });

  it('is refused beyond twenty, also when they are made at once', async () => {
    const bob = await signUp(service);
    const made = await Promise.all(
      Array.from({ length: 24 }, () => insist(() => create(receiver.at('/many'), undefined, bob))),
    );
    expect(made.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(new Set(made.filter(({ status }) => status !== 201).map(({ json }) => json.code))).toEqual(
      new Set(['webhook_endpoints_exceeded']),
    );
    expect(await rowsOf(bob)).toHaveLength(20);
  });

  it('of another account is not found, and stays as it is', async () => {
    const endpoint = await endpointAt();
    const [sent] = [(await testOf(endpoint)).json.id as string];
    await delivery(endpoint, (one) => one['state'] === 'delivered');
    const before = await rowsOf(ada);
    const asked = [
      call(`/${endpoint.id}`, 'DELETE', undefined, eve),
      call(`/${endpoint.id}/rotate`, 'POST', {}, eve),
      call(`/${endpoint.id}/test`, 'POST', {}, eve),
      call(`/${endpoint.id}/deliveries`, 'GET', undefined, eve),
      call(`/${endpoint.id}/deliveries/${sent}/redeliver`, 'POST', {}, eve),
    ];
    for (const answer of asked) expect((await answer).json.code).toBe('not_found');
    const own = (await create(receiver.at('/eve'), undefined, eve)).json.id as string;
    expect((await call(`/${own}/deliveries/${sent}/redeliver`, 'POST', {}, eve)).json.code).toBe('not_found');
    expect(await rowsOf(ada)).toEqual(before);
    expect(receiver.of(endpoint.path)).toHaveLength(1);
  });

  it('is sent what it chose of what happens, signed, thin, with a number of the object', async () => {
    const done = await endpointAt();
    const other = await endpointAt(answers(204), ['generation.failed']);
    const id = await generate(ada);
    const [received] = await receiver.until(done.path);
    expect(bodyOf(received, done)).toEqual({
      type: 'generation.completed',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      data: { id, status: 'completed', sequence: 1, link: `${service.url}/api/v1/generations/${id}` },
    });
    const shown = await delivery(done, (one) => one['state'] === 'delivered');
    expect(shown).toMatchObject({ id: received?.headers['webhook-id'], attempts: 1, response_status: 204 });
    expect(shown['event']).toEqual(bodyOf(received, done));
    expect(await deliveriesOf(other)).toEqual([]);
  });

  it('is sent credits from outside, numbered by their order, and each once', async () => {
    const bob = await signUp(service);
    const endpoint = await endpointAt(answers(204), ['credits.granted'], bob);
    const orders = [randomUUID(), randomUUID()];
    for (const id of [...orders, ...orders]) {
      const body = JSON.stringify({
        ...{ id, type: 'credits.granted' },
        data: { user_id: bob.id, credits: 5, reason: 'order' },
      });
      const at = String(Math.floor(Date.now() / 1000));
      const signature = createHmac('sha256', gatewaySecret).update(`${at}.${body}`).digest('hex');
      const headers = { 'x-agent-timestamp': at, 'x-agent-signature': `sha256=${signature}` };
      const sent = await service.visitor().call('/api/v1/webhook/inbound', {
        method: 'POST',
        raw: body,
        headers: { 'content-type': 'application/json', ...headers },
      });
      expect(sent.status).toBe(200);
    }
    const received = await receiver.until(endpoint.path, 2);
    const numbers = received.map((one) => (bodyOf(one, endpoint)['data'] as { sequence: number }).sequence);
    expect(numbers.sort()).toEqual([1, 2]);
    const [{ count } = { count: 0 }] = await ask<{ count: number }>(
      service.home,
      'select count(*)::integer as count from velro.webhook_deliveries where endpoint_id = $1',
      [endpoint.id],
    );
    expect(count).toBe(2);
  });

  it('is sent each answer of its conversations, numbered by conversation', async () => {
    const bob = await signUp(service);
    const endpoint = await endpointAt(answers(204), ['conversation.answered'], bob);
    // Her conversation of the same name is another one.
    const id = 'c-1';
    for (const who of [bob, eve, bob])
      await who.visitor.call('/api/v1/chat', {
        token: who.token,
        body: { message: 'Hello?', conversation_id: id },
      });
    const told = (await receiver.until(endpoint.path, 2)).map((one) => bodyOf(one, endpoint));
    const link = `${service.url}/api/v1/conversations/${id}`;
    const numbers = told.map(({ data }) => (data as { sequence: number }).sequence);
    expect(numbers.sort()).toEqual([1, 2]);
    for (const { type, data } of told) {
      expect(type).toBe('conversation.answered');
      expect(data).toEqual({ id, status: 'whole', sequence: expect.any(Number), link });
    }
    expect(receiver.of(endpoint.path)).toHaveLength(2);
  });

  it('is sent what an administrator adds to the credits, and not what is taken', async () => {
    const bob = await signUp(service);
    const endpoint = await endpointAt(answers(204), ['credits.granted'], bob);
    const admin = await administrator(service, 'admin');
    const adjust = (amount: number) =>
      admin.visitor.call('/api/v1/admin/credits/adjust', {
        token: admin.token,
        body: { user_id: bob.id, amount, reason: 'a correction' },
      });
    for (const amount of [-1, 5]) expect((await adjust(amount)).status).toBe(200);
    const [received] = await receiver.until(endpoint.path);
    expect(bodyOf(received, endpoint)).toMatchObject({
      type: 'credits.granted',
      data: {
        id: bob.id,
        status: 'corrected',
        sequence: 1,
        link: `${service.url}/api/v1/credits/balance`,
      },
    });
    expect(await deliveriesOf(endpoint, bob)).toHaveLength(1);
  });

  it('that is rotated is signed for by both secrets', async () => {
    const endpoint = await endpointAt();
    const rotated = await call(`/${endpoint.id}/rotate`, 'POST', {});
    expect(rotated.status).toBe(200);
    const hours = (Date.parse(String(rotated.json.previous_secret_expires_at)) - Date.now()) / 3_600_000;
    expect(hours).toBeCloseTo(24, 1);
    expect(await eventsOf(endpoint.id)).toEqual([
      'WEBHOOK-ENDPOINT created',
      'WEBHOOK-ENDPOINT secret rotated',
    ]);
    await testOf(endpoint);
    const [received] = await receiver.until(endpoint.path);
    const renewed = { ...endpoint, secret: String(rotated.json.secret) };
    for (const one of [endpoint, renewed]) expect(bodyOf(received, one)['type']).toBe('webhook.test');
    expect(String(received?.headers['webhook-signature']).split(' ')).toHaveLength(2);
    await ask(service.home, 'update velro.webhook_endpoints set previous_until = now() where id = $1', [
      endpoint.id,
    ]);
    await testOf(endpoint);
    const [, later] = await receiver.until(endpoint.path, 2);
    expect(bodyOf(later, renewed)['type']).toBe('webhook.test');
    expect(() => bodyOf(later, endpoint)).toThrow();
  });

  it.each([
    [
      'an error',
      answers(500, {}, 'down\0: ada@example.com \u{1f600}'),
      { response_status: 500, response_start: 'down: [EMAIL_REDACTED] \u{1f600}' },
    ],
    ['a redirect', answers(307, { location: '/elsewhere' }), { response_status: 307 }],
    ['a reset', hostile.resets, { response_status: null, error: 'connection_failed' }],
    ['what is no HTTP', hostile.garbage, { response_status: null, error: 'response_invalid' }],
  ])(
    'that answers by %s is sent the same again, with the same id and a new time',
    async (_what, reaction, shown) => {
      const endpoint = await endpointAt(reaction);
      await testOf(endpoint);
      const failed = await delivery(endpoint, ({ attempts }) => attempts === 1);
      expect(failed).toMatchObject({ state: 'waiting', ...shown });
      const waitMs =
        Date.parse(String(failed['next_attempt_at'])) - Date.parse(String(failed['attempted_at']));
      expect([waitMs >= 5000, waitMs <= 6000]).toEqual([true, true]);
      expect((await call('')).json.data).toContainEqual(
        expect.objectContaining({ id: endpoint.id, failing_since: expect.any(String) }),
      );
      receiver.at(endpoint.path);
      await hurry(endpoint);
      expect(await delivery(endpoint, ({ state }) => state === 'delivered')).toMatchObject({ attempts: 2 });
      const [first, second] = receiver.of(endpoint.path);
      expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
      expect([first, second].map((one) => bodyOf(one, endpoint)['type'])).toEqual([
        'webhook.test',
        'webhook.test',
      ]);
      expect(receiver.of('/elsewhere')).toEqual([]);
    },
  );

  it('that answers 410 is disabled at once, and what waits for it is cancelled', async () => {
    const endpoint = await endpointAt(answers(500));
    await testOf(endpoint);
    await delivery(endpoint, ({ attempts }) => attempts === 1);
    const mails = () => mailsTo(service.home, ada.email);
    const untold = await ask(service.home, 'select from velro.notices where user_id = $1', [ada.id]);
    expect(untold).toEqual([]);
    receiver.at(endpoint.path, answers(410));
    await testOf(endpoint);
    await delivery(endpoint, ({ state }) => state === 'failed');
    await until(
      async () => (await deliveriesOf(endpoint)).every(({ state }) => state !== 'waiting'),
      'the rest',
    );
    expect((await call('')).json.data).toContainEqual(
      expect.objectContaining({ id: endpoint.id, disabled_reason: 'gone', disabled_at: expect.any(String) }),
    );
    const before = await deliveriesOf(endpoint);
    expect(before.map(({ state }) => state)).toEqual(['failed', 'cancelled']);
    expect((await testOf(endpoint)).json.code).toBe('webhook_endpoint_disabled');
    const again = await call(`/${endpoint.id}/deliveries/${String(before[0]?.['id'])}/redeliver`, 'POST', {});
    expect(again.json.code).toBe('webhook_endpoint_disabled');
    expect(await deliveriesOf(endpoint)).toEqual(before);
    expect(await eventsOf(endpoint.id)).toEqual(['WEBHOOK-ENDPOINT created', 'WEBHOOK-ENDPOINT disabled']);
    await until(() => mails().length > 0, 'the mail');
    expect(mails().map(({ subject }) => subject)).toEqual(['A webhook endpoint was disabled']);
    expect(mails()[0]?.text).toMatch(/Time: .*Z\n\nIts deliveries show/);
    for (const word of ['reset your password', 'Network address', receiver.at(endpoint.path)])
      expect(mails()[0]?.text).not.toContain(word);
  });

  it('that is disabled is enabled again, and then sent what was not delivered, with its ids', async () => {
    const endpoint = await endpointAt(answers(500));
    for (let made = 0; made < 2; made++) await generate(ada);
    await until(
      async () => (await deliveriesOf(endpoint)).filter(({ attempts }) => attempts === 1).length === 2,
      'two failures',
    );
    const since = new Date(Date.now() - 60_000).toISOString();
    const redeliver = (more = {}, of = ada) =>
      call(`/${endpoint.id}/redeliver`, 'POST', { since, ...more }, of);
    const enable = (of = ada) => call(`/${endpoint.id}/enable`, 'POST', {}, of);
    receiver.at(endpoint.path, answers(410));
    await hurry(endpoint);
    await until(
      async () => (await deliveriesOf(endpoint)).every(({ state }) => state !== 'waiting'),
      'the disabling',
    );
    const before = [await rowsOf(ada), await deliveriesOf(endpoint)];
    expect((await redeliver()).json.code).toBe('webhook_endpoint_disabled');
    for (const refused of [enable(eve), redeliver({}, eve)])
      expect((await refused).json.code).toBe('not_found');
    expect([await rowsOf(ada), await deliveriesOf(endpoint)]).toEqual(before);
    receiver.at(endpoint.path);
    const count = receiver.of(endpoint.path).length;
    expect((await enable()).json).toMatchObject({
      ...{ id: endpoint.id, disabled_at: null, disabled_reason: null, failing_since: null },
    });
    expect((await enable()).status).toBe(200);
    expect(await eventsOf(endpoint.id)).toEqual([
      'WEBHOOK-ENDPOINT created',
      'WEBHOOK-ENDPOINT disabled',
      'WEBHOOK-ENDPOINT enabled',
    ]);
    expect((await deliveriesOf(endpoint)).map(({ state }) => state)).not.toContain('waiting');
    const asked = await redeliver();
    expect([asked.status, asked.json.id]).toEqual([202, endpoint.id]);
    const received = (await receiver.until(endpoint.path, count + 2)).slice(count);
    expect(received.map(({ headers }) => headers['webhook-id']).sort()).toEqual(
      (await deliveriesOf(endpoint)).map(({ id }) => id).sort(),
    );
    // The same again is no other redelivery.
    expect((await redeliver()).status).toBe(202);
    expect((await redeliver({ status: 'all' })).json.code).toBe('webhook_endpoint_busy');
    await until(
      async () => (await deliveriesOf(endpoint)).every(({ state }) => state === 'delivered'),
      'the deliveries',
    );
    expect((await call('')).json.data).toContainEqual(
      expect.objectContaining({ id: endpoint.id, redelivering_since: null }),
    );
    expect(receiver.of(endpoint.path)).toHaveLength(count + 2);
  });

  it('is disabled after five days of failures, and not while a success lies between them', async () => {
    const endpoint = await endpointAt(answers(500));
    const longAgo = () =>
      ask(
        service.home,
        "update velro.webhook_endpoints set failing_since = now() - interval '5 days 1 minute' where id = $1",
        [endpoint.id],
      );
    await testOf(endpoint);
    await delivery(endpoint, ({ attempts }) => attempts === 1);
    await longAgo();
    receiver.at(endpoint.path);
    await hurry(endpoint);
    await delivery(endpoint, ({ state }) => state === 'delivered');
    receiver.at(endpoint.path, answers(500));
    await testOf(endpoint);
    await delivery(endpoint, ({ state, attempts }) => state === 'waiting' && attempts === 1);
    await longAgo();
    await hurry(endpoint);
    await delivery(endpoint, ({ state }) => state === 'cancelled');
    expect((await call('')).json.data).toContainEqual(
      expect.objectContaining({ id: endpoint.id, disabled_reason: 'failing' }),
    );
  });

  it('that asks for time gets it, for all that waits', async () => {
    const endpoint = await endpointAt(answers(429, { 'retry-after': '3600' }));
    await testOf(endpoint);
    const busy = await delivery(endpoint, ({ attempts }) => attempts === 1);
    expect(Date.parse(String(busy['next_attempt_at'])) - Date.now()).toBeGreaterThan(3_500_000);
    await testOf(endpoint);
    const [row] = await ask<{ seconds: number }>(
      service.home,
      'select extract(epoch from work_at - now())::integer as seconds from velro.webhook_endpoints where id = $1',
      [endpoint.id],
    );
    expect(row?.seconds).toBeGreaterThan(3500);
    expect(receiver.of(endpoint.path)).toHaveLength(1);
  });

  it('is sent no more in a second than its rate, however much waits', async () => {
    const endpoint = await endpointAt();
    const hold =
      "update velro.webhook_endpoints set lease = gen_random_uuid(), work_at = 'infinity' where id = $1";
    await ask(service.home, hold, [endpoint.id]);
    await Promise.all(Array.from({ length: 20 }, () => testOf(endpoint)));
    const free = 'update velro.webhook_endpoints set lease = null, work_at = now() where id = $1';
    await ask(service.home, free, [endpoint.id]);
    await receiver.until(endpoint.path, 20);
    await until(
      async () => (await deliveriesOf(endpoint)).filter(({ state }) => state === 'delivered').length === 20,
      'all of them',
    );
    const turns = await ask<{ count: number; gap: number | null }>(
      service.home,
      `select count(*)::integer as count, extract(epoch from attempted_at - lag(attempted_at) over (order by attempted_at))::float * 1000 as gap
       from velro.webhook_deliveries where endpoint_id = $1 group by attempted_at order by attempted_at`,
      [endpoint.id],
    );
    const { atOnce, perSecond } = webhookPolicy;
    expect(turns.map(({ count }) => count)).toEqual([atOnce, atOnce, atOnce, atOnce]);
    for (const { gap } of turns.slice(1)) expect(gap).toBeGreaterThanOrEqual((atOnce * 1000) / perSecond);
    // Nor is the rest left to a look of an idle queue: each turn is followed by the next one's timer.
    const gaps = turns.slice(1).map(({ gap }) => gap ?? 0);
    expect(Math.min(...gaps)).toBeLessThan(webhookPolicy.idleLookEveryMs);
  });

  it('that hangs delays no other one', async () => {
    const stuck = await Promise.all(Array.from({ length: 3 }, () => endpointAt(hostile.hangs)));
    const ids = stuck.map(({ id }) => id);
    // Held, so that all of it is due when the worker comes.
    const hold =
      "update velro.webhook_endpoints set lease = gen_random_uuid(), work_at = 'infinity' where id = any($1)";
    await ask(service.home, hold, [ids]);
    await Promise.all(stuck.flatMap((one) => Array.from({ length: 7 }, () => testOf(one))));
    const free = 'update velro.webhook_endpoints set lease = null, work_at = now() where id = any($1)';
    await ask(service.home, free, [ids]);
    await Promise.all(stuck.map(({ path }) => receiver.until(path, 5)));
    const quick = await endpointAt();
    await testOf(quick);
    await receiver.until(quick.path);
    // Five at one time to each.
    for (const { path } of stuck) expect(receiver.of(path)).toHaveLength(5);
  });

  it('is sent one again by hand, with its id', async () => {
    const endpoint = await endpointAt();
    await testOf(endpoint);
    const { id } = await delivery(endpoint, ({ state }) => state === 'delivered');
    const again = await call(`/${endpoint.id}/deliveries/${String(id)}/redeliver`, 'POST', {});
    expect([again.status, again.json.id, again.json.attempts]).toEqual([202, id, 0]);
    const received = await receiver.until(endpoint.path, 2);
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
  });

  it('of a disabled account is sent nothing', async () => {
    const bob = await signUp(service);
    const endpoint = await endpointAt(answers(500), ['generation.completed'], bob);
    await call(`/${endpoint.id}/test`, 'POST', {}, bob);
    await receiver.until(endpoint.path);
    await ask(service.home, 'update velro.users set disabled_at = now() where id = $1', [bob.id]);
    await until(
      async () =>
        (
          await ask(service.home, 'select from velro.webhook_endpoints where id = $1 and lease is null', [
            endpoint.id,
          ])
        ).length === 1,
      'the end of the turn',
    );
    await hurry(endpoint);
    const states = () =>
      ask(service.home, 'select state from velro.webhook_deliveries where endpoint_id = $1', [endpoint.id]);
    await until(async () => JSON.stringify(await states()) === '[{"state":"cancelled"}]', 'the cancellation');
    expect(receiver.of(endpoint.path)).toHaveLength(1);
    const stored = await ask(
      service.home,
      "select velro.add_webhook_event($1, 'generation.completed', $2, null, 'x', array[$2]::uuid[]) as stored",
      [bob.id, randomUUID()],
    );
    expect(stored).toEqual([{ stored: 0 }]);
    await ask(service.home, 'delete from velro.users where id = $1', [bob.id]);
    expect(await rowsOf(bob)).toEqual([]);
    expect(await states()).toEqual([]);
  });

  it('is sent what an instance had taken when it was killed, with the same id', async () => {
    const endpoint = await endpointAt(hostile.hangs);
    const before = receiver.of(endpoint.path).length;
    await testOf(endpoint);
    await receiver.until(endpoint.path, before + 1);
    await service.kill();
    await ask(service.home, 'update velro.webhook_endpoints set work_at = now() where id = $1', [
      endpoint.id,
    ]);
    receiver.at(endpoint.path);
    const sealed = async (): Promise<unknown> =>
      (await rowsOf(ada)).find(({ id }) => id === endpoint.id)?.['secret_sealed'];
    const sealedBefore = await sealed();
    // The key of its secret is another one from now on.
    const keys = {
      LOG_LEVEL: 'info',
      WEBHOOK_GATEWAY_SECRET: randomBytes(32).toString('hex'),
      WEBHOOK_GATEWAY_SECRET_PREVIOUS: gatewaySecret,
    };
    service = await Service.start({ ...env, ...keys, REQUIRE_EMAIL_VERIFICATION: 'true' }, service.home);
    const [first, second] = await receiver.until(endpoint.path, 2);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(bodyOf(second, endpoint)['type']).toBe('webhook.test');
    const done = 'every secret of a webhook endpoint is sealed under the present WEBHOOK_GATEWAY_SECRET';
    await until(() => service.lines().some(({ msg }) => msg === done), 'the secrets sealed again');
    expect(await sealed()).not.toEqual(sealedBefore);
    await testOf(endpoint);
    const received = await receiver.until(endpoint.path, 3);
    expect(bodyOf(received.at(-1), endpoint)['type']).toBe('webhook.test');
  });

  it('needs a proven address where verification is on', async () => {
    // The instance before this one knew no verification: its accounts have tokens without a proof.
    const before = await rowsOf(eve);
    const refused = await create(receiver.at('/proven'), undefined, eve);
    expect([refused.status, refused.json.code]).toEqual([403, 'address_unproven']);
    expect(await rowsOf(eve)).toEqual(before);
    await ask(service.home, 'update velro.users set proven_at = now() where id = $1', [eve.id]);
    expect((await create(receiver.at('/proven'), undefined, eve)).status).toBe(201);
  });
});
