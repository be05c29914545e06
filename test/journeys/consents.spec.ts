import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { administrator } from '../support/accounts/authenticator.js';
import { KeyOwner } from '../support/accounts/api-keys.js';
import pg from 'pg';
import sharp from 'sharp';
import { auditedIn } from '../support/database/audit-entries.js';
import { ask, superuserUrl, unbalanced } from '../support/database/database.js';
import { policyVersions } from '../../src/features/consents/policy/policy-versions.js';
import { policyMarkdown } from '../../src/features/consents/policy/privacy-policy.js';
import { Customer, FalService } from '../support/fal/fal-service.js';
import { ModelServer } from '../support/models/model-server.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const order = { model_id: 'fal-ai/flux-pro/v1.1-ultra', prompt: 'a lighthouse' };
const version = '2026-11-28';
const agree = { consents: [{ purpose: 'external_ai', given: true, version }] };
const refuse = { consents: [{ purpose: 'external_ai', given: false }] };

const environment = (models: ModelServer): Record<string, string> => ({
  AI_PROVIDER: 'openai',
  OPENAI_API_KEY: 'key-of-the-provider',
  OPENAI_BASE_URL: models.url,
  CHAT_RATE_LIMIT: '1000/minute',
  RATE_LIMIT_ADMIN: '100000/minute',
  PRIVACY_CONTROLLER: 'Example & Sons, Hameln',
  PRIVACY_CONTACT: 'privacy@example.com',
});

/** An order with a picture of its own, as a form. */
async function withReference(): Promise<{ raw: Buffer; headers: Record<string, string> }> {
  const background = { r: 200, g: 0, b: 0 };
  const picture = await sharp({ create: { width: 64, height: 64, channels: 3, background } })
    .png()
    .toBuffer();
  const field = (name: string, value: string): string =>
    `--edge\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const head = `${field('model_id', 'fal-ai/flux-pro/kontext/max')}${field('prompt', 'bluer')}--edge\r\ncontent-disposition: form-data; name="reference_image"; filename="x.png"\r\ncontent-type: image/png\r\n\r\n`;
  const raw = Buffer.concat([Buffer.from(head), picture, Buffer.from('\r\n--edge--\r\n')]);
  return { raw, headers: { 'content-type': 'multipart/form-data; boundary=edge' } };
}

describe('what a person agrees to', () => {
  let models: ModelServer;
  let stage: FalService;
  let service: Service;
  beforeAll(async () => {
    models = await ModelServer.start();
    stage = await FalService.start({}, environment(models));
    service = stage.service;
  });
  afterAll(async () => {
    await stage.stop();
    await models.stop();
  });
  beforeEach(() => {
    models.reset();
    stage.fal.faults.clear();
  });

  const put = (who: Account, path: string, body: unknown, headers: Record<string, string> = {}) =>
    who.visitor.call(`/api/v1/privacy/${path}`, { method: 'PUT', token: who.token, body, headers });
  const get = (who: Account, path: string, headers: Record<string, string> = {}) =>
    who.visitor.call(`/api/v1/privacy/${path}`, { token: who.token, headers });
  const rows = (who: Account) =>
    ask<{ purpose: string; chosen: boolean; source: string; version: string }>(
      service.home,
      'select purpose, chosen, source, version from velro.privacy_choices where user_id = $1 order by number',
      [who.id],
    );
  /** What was made for somebody: nothing may come of a refusal. */
  const made = async (who: Account) => {
    const [row] = await ask(
      service.home,
      `select (select count(*) from velro.generations where user_id = $1)::int as generations,
        (select count(*) from velro.ai_calls where user_id = $1)::int as calls,
        (select credits_balance from velro.users where id = $1)::int as balance`,
      [who.id],
    );
    return row;
  };
  const post = (who: Account, path: string, body: unknown) =>
    who.visitor.call(`/api/v1${path}`, { token: who.token, body });

  it('is asked with its present text, and nothing is agreed to by itself', async () => {
    const ada = await signUp(service);
    const { status, json } = await get(ada, 'consents');
    expect([status, json.data.map(({ purpose, state }: never) => [purpose, state])]).toEqual([
      200,
      [
        ['privacy_policy', 'none'],
        ['external_ai', 'none'],
      ],
    ]);
    const [policy, external] = json.data;
    expect(external.text_sha256).toBe(createHash('sha256').update(external.text).digest('hex'));
    const read = await service.visitor().call('/api/v1/privacy/policy');
    const [latest] = policyVersions;
    expect([policy.version, policy.version, policy.text_sha256]).toEqual([
      latest.version,
      read.json.version,
      createHash('sha256').update(policyMarkdown(latest)).digest('hex'),
    ]);
    expect(await rows(ada)).toEqual([]);
  });

  it('is kept with version, time and the hash of its text, each choice as a row of its own with an entry', async () => {
    const ada = await signUp(service);
    const [text] = (await get(ada, 'consents')).json.data.slice(1);
    const audited = await auditedIn(service, async () => {
      expect((await put(ada, 'consents', agree)).json.data[1]).toMatchObject({
        state: 'given',
        decided_version: version,
        text_sha256: text.text_sha256,
      });
      expect((await put(ada, 'consents', refuse)).json.data[1]).toMatchObject({ state: 'withdrawn' });
    });
    expect(audited.map(({ action, has_actor, has_subject }) => [action, has_actor, has_subject])).toEqual([
      ['privacy.chosen', true, true],
      ['privacy.chosen', true, true],
    ]);
    expect(await rows(ada)).toEqual([
      { purpose: 'external_ai', chosen: true, source: 'request', version },
      { purpose: 'external_ai', chosen: false, source: 'request', version },
    ]);
  });

  it('is recorded once however often it is repeated', async () => {
    const ada = await signUp(service);
    for (const body of [agree, agree, refuse, refuse]) await put(ada, 'consents', body);
    await Promise.all(Array.from({ length: 5 }, () => put(ada, 'consents', agree)));
    expect((await rows(ada)).map(({ chosen }) => chosen)).toEqual([true, false, true]);
  });

  it.each([
    [
      'an older version',
      { consents: [{ purpose: 'external_ai', given: true, version: '2020-01-01' }] },
      409,
      'consent_outdated',
    ],
    ['no version', { consents: [{ purpose: 'external_ai', given: true }] }, 409, 'consent_outdated'],
    [
      'one that is right and one that is not',
      { consents: [agree.consents[0], { purpose: 'privacy_policy', given: true, version: '2020-01-01' }] },
      409,
      'consent_outdated',
    ],
    [
      'a purpose that is unknown',
      { consents: [{ purpose: 'ads', given: true, version }] },
      422,
      'validation_failed',
    ],
    ['a purpose twice', { consents: [agree.consents[0], refuse.consents[0]] }, 422, 'validation_failed'],
    ['none', { consents: [] }, 422, 'validation_failed'],
    ['texts in the place of choices', { consents: ['external_ai'] }, 422, 'validation_failed'],
    ['null', { consents: [null] }, 422, 'validation_failed'],
    ['no list', { consents: agree.consents[0] }, 422, 'validation_failed'],
    [
      'a text for true',
      { consents: [{ purpose: 'external_ai', given: 'true', version }] },
      422,
      'validation_failed',
    ],
  ])('is refused with %s, and nothing is recorded', async (_, body, status, code) => {
    const ada = await signUp(service);
    const refused = await put(ada, 'consents', body);
    expect([refused.status, refused.json.code]).toEqual([status, code]);
    expect(await rows(ada)).toEqual([]);
  });

  it('can be taken back always, also after it was given as often as it may be in a day', async () => {
    const ada = await signUp(service);
    for (let turn = 0; turn < 20; turn++) {
      expect((await put(ada, 'consents', agree)).status).toBe(200);
      expect((await put(ada, 'consents', refuse)).status).toBe(200);
    }
    const refused = await put(ada, 'consents', agree);
    expect([refused.status, refused.json.code]).toEqual([409, 'consents_exceeded']);
    expect((await rows(ada)).length).toBe(40);
  });

  it('is decided by a person, not by a program with a key', async () => {
    const owner = await KeyOwner.signUp(service, []);
    const key = await owner.key({ scopes: ['generations:write'] });
    const refused = await owner.account.visitor.call('/api/v1/privacy/consents', {
      method: 'PUT',
      token: key.text,
      body: agree,
    });
    expect([refused.status, refused.json.code]).toEqual([403, 'scope_missing']);
    expect(await rows(owner.account)).toEqual([]);
  });

  it('is shown to administrators as proof, which is an entry; and nobody else', async () => {
    const ada = await signUp(service);
    const admin = await administrator(service, 'admin');
    await put(ada, 'consents', agree);
    const path = `/api/v1/admin/users/${ada.id}/privacy-choices`;
    const audited = await auditedIn(service, async () => {
      const { status, json } = await admin.visitor.call(path, { token: admin.token });
      expect([status, json.data]).toEqual([
        200,
        [expect.objectContaining({ purpose: 'external_ai', chosen: true, version, source: 'request' })],
      ]);
    });
    expect(audited.map(({ action }) => action)).toEqual(['personal_data.read']);
    expect((await ada.visitor.call(path, { token: ada.token })).status).toBe(403);
    const nobody = '/api/v1/admin/users/00000000-0000-4000-8000-000000000000/privacy-choices';
    expect((await admin.visitor.call(nobody, { token: admin.token })).status).toBe(404);
  });

  describe('and refuses or takes back: what it writes goes to no AI provider', () => {
    let ada: Account;
    beforeEach(async () => {
      ada = await signUp(service);
    });

    it('not as an order of a picture, which costs nothing; and it does again once agreed to', async () => {
      await put(ada, 'consents', refuse);
      const before = await made(ada);
      const jobs = stage.fal.jobs.all.length;
      const refused = await post(ada, '/generations', order);
      expect([refused.status, refused.json.code]).toEqual([403, 'consent_missing']);
      expect([await made(ada), stage.fal.jobs.all.length]).toEqual([before, jobs]);
      await put(ada, 'consents', agree);
      const id = await new Customer(ada).created(order);
      await stage.jobOf(id);
    });

    /** What counts as spent by everybody, and by this person. */
    const spent = async () => {
      const [row] = await ask<{ all: string; own: string }>(
        service.home,
        `select (select coalesce(sum(spent_microusd), 0) from velro.budget_sums where scope like '%generations%')::text as all,
          (select coalesce(sum(cost_microusd), 0) from velro.usage_days where user_id = $1)::text as own`,
        [ada.id],
      );
      return row;
    };
    const insert = () =>
      ask(
        service.home,
        "insert into velro.privacy_choices (user_id, purpose, chosen, version, text_sha256, source) values ($1, 'external_ai', false, $2, sha256('x'), 'request')",
        [ada.id, version],
      );
    const cancelled = (id: string) =>
      until(async () => (await new Customer(ada).status(id)) === 'cancelled', 'the end of the order');

    it.each([
      ['by the refusal itself', () => put(ada, 'consents', refuse)],
      ['by whoever claims it, where the refusal did not come to that', insert],
    ])('not as an order that waits: it is cancelled %s, and costs nobody anything', async (_, refusing) => {
      const [before, costs] = [await made(ada), await spent()];
      stage.fal.faults.on('submit', { kind: 'busy', retryAfter: '1' }, 1000);
      const id = await new Customer(ada).created(order);
      // Put back by then: a call that is under way may be taken.
      const waits = "select from velro.generations where id = $1 and status = 'queued' and attempts > 0";
      await until(async () => (await ask(service.home, waits, [id])).length > 0, 'the queue');
      await refusing();
      stage.fal.faults.clear();
      await cancelled(id);
      expect([stage.submitsOf(id), (await made(ada))?.['balance']]).toEqual([0, before?.['balance']]);
      expect(await spent()).toEqual(costs);
      expect(await ask(service.home, unbalanced)).toEqual([]);
    });

    it('not as an order that was claimed before, and whose reference image took long', async () => {
      const costs = await spent();
      const balance = (await made(ada))?.['balance'];
      stage.fal.faults.on('submit', { kind: 'busy', retryAfter: '1' }, 1000);
      const { raw, headers } = await withReference();
      const { status, json } = await ada.visitor.call('/api/v1/generations', {
        method: 'POST',
        token: ada.token,
        raw,
        headers,
      });
      expect(status).toBe(202);
      const holder = new pg.Client({ connectionString: superuserUrl(service.home) });
      await holder.connect();
      try {
        // The look for the image waits behind it, when the order is claimed already.
        await holder.query('begin; lock table velro.files in access exclusive mode');
        const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%files%'`;
        await until(async () => (await ask(service.home, waiting)).length > 0, 'the claim');
        stage.fal.faults.clear();
        expect((await put(ada, 'consents', refuse)).status).toBe(200);
        await holder.query('rollback');
      } finally {
        await holder.end();
      }
      await cancelled(json.id);
      expect([stage.submitsOf(json.id), (await made(ada))?.['balance']]).toEqual([0, balance]);
      expect(await spent()).toEqual(costs);
    });

    it('and what waits at the provider is asked back', async () => {
      const id = await new Customer(ada).created(order);
      const job = await stage.jobOf(id);
      await put(ada, 'consents', refuse);
      await until(() => job.failure !== null, 'the cancellation at the provider');
      await cancelled(id);
    });

    it('not as a message, whose answer says why', async () => {
      await put(ada, 'consents', refuse);
      const before = await made(ada);
      const { status, json } = await post(ada, '/chat', { message: 'What is the answer?' });
      expect([status, json.path, json.reason]).toEqual([200, 'fallback', 'consent_missing']);
      expect([await made(ada), models.seen]).toEqual([before, []]);
      await put(ada, 'consents', agree);
      expect((await post(ada, '/chat', { message: 'What is the answer?' })).json.path).toBe('ai');
    });

    it.each([
      ['/openai/chat/completions', { model: 'gpt-4.1-mini', messages: [{ role: 'user', content: 'hi' }] }],
      ['/openai/responses', { model: 'gpt-4.1-mini', input: 'hi' }],
      ['/openai/images/generations', { model: order.model_id, prompt: 'hi' }],
    ])('not by %s', async (path, body) => {
      await put(ada, 'consents', refuse);
      const before = await made(ada);
      const refused = await post(ada, path, body);
      expect([refused.status, refused.json.error?.code]).toEqual([403, 'consent_missing']);
      expect([await made(ada), models.seen]).toEqual([before, []]);
    });

    it('which holds for them alone', async () => {
      await put(ada, 'consents', refuse);
      const bob = await signUp(service);
      expect((await post(bob, '/chat', { message: 'What is the answer?' })).json.path).toBe('ai');
    });
  });

  describe('and objects to: the sale of its data', () => {
    it('is an objection of its own, which can be taken back', async () => {
      const ada = await signUp(service);
      expect((await get(ada, 'do-not-sell')).json).toEqual({
        do_not_sell: false,
        source: null,
        decided_at: null,
      });
      const audited = await auditedIn(service, () => put(ada, 'do-not-sell', { do_not_sell: true }));
      expect(audited.map(({ action }) => action)).toEqual(['privacy.chosen']);
      expect((await get(ada, 'do-not-sell')).json).toMatchObject({ do_not_sell: true, source: 'request' });
      expect((await put(ada, 'do-not-sell', { do_not_sell: false })).json.do_not_sell).toBe(false);
      expect((await get(ada, 'consents')).json.data).toHaveLength(2);
    });

    it('can be made always, also after it was taken back as often as it may be in a day', async () => {
      const ada = await signUp(service);
      const say = (isObjecting: boolean) => put(ada, 'do-not-sell', { do_not_sell: isObjecting });
      for (let turn = 0; turn < 20; turn++)
        expect([(await say(true)).status, (await say(false)).status]).toEqual([200, 200]);
      expect((await say(true)).status).toBe(200);
      const refused = await say(false);
      expect([refused.status, refused.json.code]).toEqual([409, 'consents_exceeded']);
      expect((await get(ada, 'do-not-sell')).json.do_not_sell).toBe(true);
    });

    const gpc = { 'sec-gpc': '1' };
    it('is what a browser says for its owner (Sec-GPC: 1), once', async () => {
      const ada = await signUp(service);
      // A token that this instance has not seen: after a sign-in every browser has one.
      for (let turn = 0; turn < 3; turn++)
        await ada.visitor.call('/api/v1/auth/session', { token: ada.token, headers: gpc });
      await until(async () => (await rows(ada)).length > 0, 'the objection');
      expect(await rows(ada)).toEqual([{ purpose: 'do_not_sell', chosen: true, source: 'signal', version }]);
    });

    it.each([
      ['a signal of another value', { 'sec-gpc': '0' }],
      ['no signal', {}],
    ])('is not what %s says', async (_, headers) => {
      const [ada, bob] = [await signUp(service), await signUp(service)];
      await ada.visitor.call('/api/v1/auth/session', { token: ada.token, headers: headers });
      await bob.visitor.call('/api/v1/auth/session', { token: bob.token, headers: gpc });
      await until(async () => (await rows(bob)).length > 0, 'the objection of somebody else behind it');
      expect(await rows(ada)).toEqual([]);
    });

    it('is left as its owner decided, whatever the browser says', async () => {
      const [ada, bob] = [await signUp(service), await signUp(service)];
      await put(ada, 'do-not-sell', { do_not_sell: true });
      await put(ada, 'do-not-sell', { do_not_sell: false });
      const { json } = await ada.visitor.call('/api/v1/auth/refresh', {
        body: { refresh_token: ada.refreshToken },
      });
      const again = json.access_token as string;
      await ada.visitor.call('/api/v1/auth/session', { token: again, headers: gpc });
      await bob.visitor.call('/api/v1/auth/session', { token: bob.token, headers: gpc });
      await until(async () => (await rows(bob)).length > 0, 'the objection of somebody else behind it');
      expect((await get(ada, 'do-not-sell')).json).toMatchObject({ do_not_sell: false, source: 'request' });
    });

    it('is said to be followed where browsers look', async () => {
      const { status, json } = await service.visitor().call('/.well-known/gpc.json');
      expect([status, json]).toEqual([200, { gpc: true, lastUpdate: version }]);
    });
  });

  describe('is told of by a privacy policy', () => {
    it('whose hash is that of its text, with the names of the operator in it', async () => {
      const { status, json } = await service.visitor().call('/api/v1/privacy/policy');
      expect([status, json.version, json.versions]).toEqual([200, version, [version]]);
      expect(json.text_sha256).toBe(createHash('sha256').update(json.text).digest('hex'));
      expect(json.text).toContain('Example & Sons, Hameln runs this service');
      expect(json.text).toContain('privacy@example.com');
      expect(json.text).toContain('| 90 days; who it was until the account is deleted');
      expect(json.text).not.toMatch(/\{\w+\}|AUDIT_/);
      expect((await service.visitor().call(`/api/v1/privacy/policy?version=${version}`)).json).toEqual(json);
    });

    it('as a page without scripts, whose style is a file of its own', async () => {
      const page = await service.visitor().call('/privacy');
      expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.text).toContain('Example &amp; Sons, Hameln');
      expect(page.text).not.toMatch(/<script|style=|<style|\{\w+\}/);
      const [, style = ''] = /<link rel="stylesheet" href="([^"]+)">/.exec(page.text) ?? [];
      expect((await service.visitor().call(style)).headers['content-type']).toBe('text/css; charset=utf-8');
    });

    it.each(['/privacy?version=2020-01-01', '/api/v1/privacy/policy?version=2020-01-01'])(
      'and not by %s',
      async (path) => {
        expect((await service.visitor().call(path)).status).toBe(404);
      },
    );
  });
});

describe('where an agreement is required first', () => {
  let models: ModelServer;
  let stage: FalService;
  beforeAll(async () => {
    models = await ModelServer.start();
    stage = await FalService.start({}, { ...environment(models), REQUIRE_AI_CONSENT: 'true' });
  });
  afterAll(async () => {
    await stage.stop();
    await models.stop();
  });

  it('nothing goes to a provider without one, or with one to a text that holds no longer', async () => {
    const ada = await stage.signUp();
    const customer = new Customer(ada);
    const tries = async () => [
      (await customer.create(order)).json.code ?? 'accepted',
      (await customer.post('/chat', { message: 'What is the answer?' })).json.reason ?? 'answered',
    ];
    const consent = (body: unknown) =>
      ada.visitor.call('/api/v1/privacy/consents', { method: 'PUT', token: ada.token, body });
    expect(await tries()).toEqual(['consent_missing', 'consent_missing']);
    await consent(agree);
    expect(await tries()).toEqual(['accepted', 'answered']);
    await ask(
      stage.service.home,
      "insert into velro.privacy_choices (user_id, purpose, chosen, version, text_sha256, source) values ($1, 'external_ai', true, '2020-01-01', sha256('old'), 'request')",
      [ada.id],
    );
    expect(await tries()).toEqual(['consent_missing', 'consent_missing']);
    await consent(agree);
    expect(await tries()).toEqual(['accepted', 'answered']);
    await consent(refuse);
    expect(await tries()).toEqual(['consent_missing', 'consent_missing']);
  });
});

describe('where nothing goes to a provider outside', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ DEFAULT_USER_CREDITS: '10' });
  });
  afterAll(() => service.discard());

  it('a refusal keeps nobody from what the service makes by itself, and cancels nothing', async () => {
    const ada = await signUp(service);
    const customer = new Customer(ada);
    const picture = { model_id: 'velro/canvas', prompt: 'a lighthouse' };
    const before = await customer.created(picture);
    await ada.visitor.call('/api/v1/privacy/consents', { method: 'PUT', token: ada.token, body: refuse });
    const behind = await customer.created(picture);
    for (const id of [before, behind]) expect((await customer.ended(id)).status).toBe('completed');
    const said = await customer.post('/chat', { message: 'hello' });
    expect([said.status, said.json.path]).toEqual([200, 'ai']);
  });
});
