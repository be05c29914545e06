import { execFile } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deriveKey } from '../../config/secrets/derived-key.js';
import { Secret } from '../../config/values/secret.js';
import { KeyOwner } from '../support/accounts/api-keys.js';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { ask } from '../support/database/database.js';
import { openChat } from '../support/models/chat-stream.js';
import { ModelServer } from '../support/models/model-server.js';
import { projectRoot } from '../support/process/project-root.js';
import { patient } from '../support/process/policy.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';
import { signingSecret } from '../support/tokens/forged-tokens.js';

const answer = 'The answer is 42.';
const site = 'https://shop.example';

describe('visitors of a site', () => {
  let models: ModelServer;
  let service: Service;
  let admin: Administrator;
  let shop: KeyOwner;
  let key: { id: string; text: string };
  let agent: string;
  let hidden: string;
  beforeAll(async () => {
    models = await ModelServer.start();
    service = await Service.start({
      AI_PROVIDER: 'gemini',
      GEMINI_API_KEY: 'key-of-the-provider',
      GEMINI_BASE_URL: models.url,
      AI_TIMEOUT_MS: '30000',
      ...patient,
      CHAT_RATE_LIMIT: '60/minute',
      RATE_LIMIT_API_STANDARD: '100000/minute',
      RATE_LIMIT_ADMIN: '100000/minute',
      AI_MAX_CALLS_PER_MIN_OTHER: '100000',
      AI_DAILY_BUDGET_USD: '1',
      CORS_ORIGINS: site,
    });
    admin = await administrator(service, 'admin');
    shop = await KeyOwner.signUp(service, []);
    key = await shop.key({ scopes: ['visitors'] });
    agent = await published({ name: 'Shop', is_public: true, origins: [site] });
    hidden = await published({ name: 'Staff' });
  });
  afterAll(async () => {
    await service.discard();
    await models.stop();
  });
  beforeEach(() => {
    models.reset();
  });

  const manage = (path: string, body: object, method = 'POST') =>
    admin.visitor.call(`/api/v1/admin/agents${path}`, { token: admin.token, body, method });
  const published = async (body: object): Promise<string> => {
    const id = (await manage('', body)).json.id as string;
    await manage(`/${id}/publish`, {});
    return id;
  };
  const mint = (more: object = {}, token = key.text) =>
    shop.account.visitor.call('/api/v1/visitors', { token, body: { agent_id: agent, ...more } });
  const visitor = async (more: object = {}): Promise<{ token: string; id: string }> => {
    const { status, json, text } = await mint(more);
    if (status !== 201) throw new Error(text);
    return { token: json.visitor_token as string, id: json.visitor_id as string };
  };
  const call = (token: string, path: string, of: Parameters<Account['visitor']['call']>[1] = {}) =>
    service.visitor().call(`/api/v1${path}`, { token, ...of });
  const say = (token: string, message = 'Hello?', more: object = {}) =>
    call(token, '/chat', { body: { message, ...more }, headers: { origin: site } });
  const rows = async (): Promise<number> => {
    const [row] = await ask<{ count: number }>(
      service.home,
      'select (select count(*) from velro.visitors)::int + (select count(*) from velro.conversations)::int + (select count(*) from velro.ai_calls)::int as count',
    );
    return row?.count ?? -1;
  };

  it('are answered without a webhook to anybody: their conversations are of no account', async () => {
    const endpoint = randomUUID();
    await ask(
      service.home,
      `insert into velro.webhook_endpoints (id, user_id, url, event_types, secret_sealed, paused_until) values
        ($1, null, 'https://hooks.example.com/', '{conversation.answered}', '', 'infinity'),
        ($2, $3, 'https://hooks.example.com/', '{conversation.answered}', '', 'infinity')`,
      [endpoint, randomUUID(), shop.account.id],
    );
    const told = () =>
      ask(service.home, "select body::jsonb -> 'data' as data from velro.webhook_deliveries");
    const { token } = await visitor();
    expect((await say(token)).status).toBe(200);
    expect(await told()).toEqual([]);
    const own = await shop.account.visitor.call('/api/v1/chat', {
      token: shop.account.token,
      body: { message: 'Hello?' },
    });
    const id = own.json.conversation_id as string;
    const data = { id, status: 'whole', sequence: 1 };
    const user = shop.account.id;
    expect(await told()).toEqual(
      expect.arrayContaining([
        { data: { ...data, link: `${service.url}/api/v1/conversations/${id}` } },
        { data: { ...data, user_id: user, link: `${service.url}/api/v1/admin/users/${user}` } },
      ]),
    );
    await ask(service.home, 'delete from velro.webhook_endpoints');
  });

  it('ask the agent of their token, and have conversations of their own', async () => {
    const { token, id } = await visitor();
    const told = await say(token);
    expect(told.json).toMatchObject({ reply: answer, path: 'ai' });
    const { conversation_id } = told.json;
    await say(token, 'And?', { conversation_id });
    expect((await call(token, '/conversations')).json.data).toMatchObject([
      { id: conversation_id, agent_id: agent, messages_count: 4 },
    ]);
    expect((await call(token, `/agents/${agent}`)).json.name).toBe('Shop');
    const stream = await openChat(
      `${service.url}/api/v1/chat`,
      token,
      { message: 'Stream.' },
      { accept: 'text/event-stream', origin: site },
    );
    await stream.over;
    expect(stream.isDone).toBe(true);
    const [call_] = await ask<{ visitor_id: string; user_id: string | null; agent_id: string }>(
      service.home,
      'select visitor_id, user_id, agent_id from velro.ai_calls order by id desc limit 1',
    );
    expect(call_).toEqual({ visitor_id: id, user_id: null, agent_id: agent });
    const other = await visitor();
    expect((await call(other.token, `/conversations/${conversation_id}`)).status).toBe(404);
    expect((await call(other.token, '/conversations')).json.data).toEqual([]);
  });

  it('come back by their id, which another site’s key does not know', async () => {
    const first = await visitor();
    await say(first.token);
    const again = await visitor({ visitor_id: first.id });
    expect(again.id).toBe(first.id);
    expect((await call(again.token, '/conversations')).json.data).toHaveLength(1);
    const stranger = await KeyOwner.signUp(service, []);
    const theirs = await stranger.key({ scopes: ['visitors'] });
    const taken = await mint({ visitor_id: first.id }, theirs.text);
    expect(taken.json.visitor_id).not.toBe(first.id);
    expect((await call(taken.json.visitor_token as string, '/conversations')).json.data).toEqual([]);
  });

  it('get tokens from an API key of the scope alone, for public agents alone', async () => {
    const before = await rows();
    const signedIn = await mint({}, shop.account.token);
    expect([signedIn.status, signedIn.json.code]).toEqual([403, 'scope_missing']);
    const wrong = await shop.key({ scopes: ['openai'] });
    expect((await mint({}, wrong.text)).status).toBe(403);
    const { token } = await visitor();
    expect((await mint({}, token)).status).toBe(403);
    for (const agentId of [hidden, randomUUID()]) {
      const refused = await mint({ agent_id: agentId });
      expect([refused.status, refused.json.code]).toEqual([422, 'agent_unknown']);
    }
    expect(await rows()).toBe(before);
  });

  it('are answered by no other agent, from no other origin, and nothing is asked', async () => {
    const { token } = await visitor();
    const another = await published({ name: 'Another', is_public: true });
    const before = await rows();
    const other = await say(token, 'Hello?', { agent_id: hidden });
    expect([other.status, other.json.code]).toEqual([422, 'agent_unknown']);
    const page = await call(token, '/chat', {
      body: { message: 'x' },
      headers: { origin: 'https://evil.example' },
    });
    expect([page.status, page.json.code]).toEqual([403, 'origin_refused']);
    for (const id of [hidden, another]) expect((await call(token, `/agents/${id}`)).status).toBe(404);
    expect([models.seen.length, await rows()]).toEqual([0, before]);
  });

  it('see nothing more of an agent that is public no longer', async () => {
    const own = await published({ name: 'Summer', is_public: true });
    const { token } = await visitor({ agent_id: own });
    expect((await call(token, `/agents/${own}`)).json.name).toBe('Summer');
    await manage(`/${own}`, { is_public: false }, 'PUT');
    await manage(`/${own}/publish`, {});
    const before = await rows();
    expect((await call(token, `/agents/${own}`)).status).toBe(404);
    const refused = await say(token);
    expect([refused.status, refused.json.code, await rows()]).toEqual([422, 'agent_unknown', before]);
  });

  it('can call the routes that are declared for visitors and no others', async () => {
    const cli = join(projectRoot, 'dist', 'src', 'cli', 'routes.js');
    const { stdout } = await promisify(execFile)(process.execPath, [cli, '--json'], {
      env: { ENVIRONMENT: 'test', VELRO_HOME: service.home, PATH: process.env['PATH'] ?? '' },
    });
    interface Route {
      readonly method: string;
      readonly path: string;
      readonly scope: string | null;
      readonly access: { readonly kind: string };
    }
    const routes = (JSON.parse(stdout) as Route[]).filter(({ access }) => access.kind === 'signed-in');
    const { token } = await visitor();
    const opened: string[] = [];
    for (const { method, path } of routes) {
      const { status } = await call(token, path.replace('/api/v1', '').replace(/:id\b/u, randomUUID()), {
        method: path.endsWith('/:id/events') ? 'HEAD' : method,
        ...(method === 'GET' || method === 'DELETE' ? {} : { body: {} }),
      });
      if (status !== 403 && status !== 401) opened.push(`${method} ${path}`);
    }
    const declared = routes
      .filter(({ scope }) => scope === 'visitor')
      .map(({ method, path }) => `${method} ${path}`);
    expect(opened.sort()).toEqual(declared.sort());
    expect(declared.length).toBeGreaterThan(8);
  });

  it('lose their tokens and running streams with the key that asked for them', async () => {
    const own = await shop.key({ scopes: ['visitors'] });
    const made = (await mint({}, own.text)).json;
    const token = made.visitor_token as string;
    models.pieces = Array.from({ length: 300 }, (_, at) => `piece${at} `);
    models.betweenMs = 50;
    const stream = await openChat(
      `${service.url}/api/v1/chat`,
      token,
      { message: 'x' },
      { accept: 'text/event-stream', origin: site },
    );
    await until(() => stream.parts.length > 3, 'the first pieces');
    await shop.remove(own.id);
    await stream.over;
    expect(stream.isDone).toBe(false);
    expect((await call(token, '/conversations')).status).toBe(401);
    expect(
      await ask(service.home, 'select id from velro.visitors where id = $1', [made.visitor_id]),
    ).toHaveLength(1);
  });

  it('are refused behind the deletion of the key that asked for them', async () => {
    const own = await shop.key({ scopes: ['visitors'] });
    const token = (await mint({}, own.text)).json.visitor_token as string;
    await ask(service.home, 'delete from velro.api_keys where id = $1', [own.id]);
    const before = await rows();
    const late = await say(token);
    expect([late.status, late.json.code]).toEqual([401, 'token_invalid']);
    expect(await rows()).toBe(before);
  });

  it.each([
    ['another key signed', (text: string) => text.replace(/\.[^.]+$/u, `.${'A'.repeat(43)}`)],
    ['something was appended to', (text: string) => `${text}A`],
    ['is spelled in another way', (text: string) => `${text}=`],
    ['is cut', (text: string) => text.slice(0, -1)],
    ['has no signature', (text: string) => text.replace(/\..*$/u, '')],
    ['is too long', (text: string) => text.replace('.', `${'A'.repeat(2000)}.`)],
  ])('are refused by a token that %s', async (_what, change) => {
    const { token } = await visitor();
    const before = await rows();
    expect((await say(change(token))).status).toBe(401);
    expect(await rows()).toBe(before);
  });

  it('are refused by a token that has expired, or that an access token’s key signed', async () => {
    const { token } = await visitor();
    const [, payload = ''] = /^visitor_([^.]+)\./u.exec(token) ?? [];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { expiresAt: number };
    const secret = signingSecret(service.home);
    const signedBy = (mac: Buffer | string, body: object): string => {
      const text = Buffer.from(JSON.stringify(body)).toString('base64url');
      return `visitor_${text}.${createHmac('sha256', mac).update(text).digest('base64url')}`;
    };
    const own = deriveKey(new Secret(secret), 'visitor tokens', 32);
    expect((await call(signedBy(own, claims), '/conversations')).status).toBe(200);
    for (const forged of [signedBy(own, { ...claims, expiresAt: 1_700_000_000 }), signedBy(secret, claims)])
      expect((await call(forged, '/conversations')).status).toBe(401);
  });

  it('have a limit by their address too, however many tokens they have', async () => {
    const at = service.visitor();
    let refused = 0;
    for (let round = 0; round < 70; round++) {
      const { token } = await visitor();
      const { status } = await at.call('/api/v1/chat', {
        token,
        body: { message: 'x' },
        headers: { origin: site },
      });
      if (status === 429) refused++;
    }
    expect(refused).toBe(10);
  });

  it('have a quarter of the budget together, and people keep the rest', async () => {
    await ask(
      service.home,
      `insert into velro.budget_sums (scope, period, reserved_microusd, spent_microusd, alerted_share)
       values ('total:visitors', $1, 0, 250000, 0) on conflict (scope, period) do update set spent_microusd = 250000`,
      [`D${new Date().toISOString().slice(0, 10)}`],
    );
    const { token } = await visitor();
    expect((await say(token)).json).toMatchObject({ path: 'fallback', reason: 'budget_exceeded' });
    const ada = await signUp(service);
    const told = await ada.visitor.call('/api/v1/chat', { token: ada.token, body: { message: 'x' } });
    expect(told.json.path).toBe('ai');
    await ask(service.home, "delete from velro.budget_sums where scope = 'total:visitors'");
  });

  describe('who make an account', () => {
    const prove = (account: Account) =>
      ask(service.home, 'update velro.users set proven_at = now() where id = $1', [account.id]);
    const claim = (account: Account, token: string) =>
      account.visitor.call('/api/v1/visitors/claim', {
        token: account.token,
        body: { visitor_token: token },
      });

    it('take their conversations along, once their address is proven, and the token dies', async () => {
      const { token, id } = await visitor();
      const { conversation_id } = (await say(token)).json;
      const ada = await signUp(service);
      await ask(service.home, 'update velro.users set proven_at = null where id = $1', [ada.id]);
      const early = await claim(ada, token);
      expect([early.status, early.json.code]).toEqual([403, 'address_unproven']);
      expect((await call(token, '/conversations')).json.data).toHaveLength(1);
      await prove(ada);
      expect((await claim(ada, token)).json).toEqual({ conversations: 1 });
      const own = await ada.visitor.call(`/api/v1/conversations/${conversation_id}`, { token: ada.token });
      expect(own.json).toMatchObject({ agent_id: agent, messages_count: 2 });
      expect((await call(token, '/conversations')).status).toBe(401);
      // On every instance, and on one that starts later.
      expect(
        await ask(service.home, "select subject from velro.revocations where kind = 'jti' and subject = $1", [
          id,
        ]),
      ).toEqual([{ subject: id }]);
      expect((await claim(ada, token)).json.code).toBe('visitor_token_invalid');
      const on = await ada.visitor.call('/api/v1/chat', {
        token: ada.token,
        body: { message: 'And?', conversation_id },
        headers: { origin: site },
      });
      expect(on.json).toMatchObject({ path: 'ai', conversation_id });
    });

    it('are somebody new from then on, whatever comes late', async () => {
      const { token, id } = await visitor();
      await say(token);
      const ada = await signUp(service);
      await prove(ada);
      const [before, claimed, behind] = await Promise.all([
        Promise.all(Array.from({ length: 4 }, () => say(token))),
        Promise.all([claim(ada, token), claim(ada, token)]),
        Promise.all(Array.from({ length: 4 }, () => say(token))),
      ]);
      for (const { status } of [...before, ...behind]) expect([200, 401]).toContain(status);
      expect(claimed.map(({ status }) => status).sort()).toEqual([200, 422]);
      expect(claimed.find(({ status }) => status === 422)?.json.code).toBe('visitor_token_invalid');
      expect(await ask(service.home, 'select from velro.conversations where visitor_id = $1', [id])).toEqual(
        [],
      );
      const next = await visitor({ visitor_id: id });
      expect(next.id).not.toBe(id);
      expect((await call(next.token, '/conversations')).json.data).toEqual([]);
      expect((await say(next.token)).status).toBe(200);
    });

    it('keep both conversations where one id was used twice', async () => {
      const { token } = await visitor();
      await say(token, 'As a visitor.', { conversation_id: 'same' });
      const ada = await signUp(service);
      await prove(ada);
      await ada.visitor.call('/api/v1/chat', {
        token: ada.token,
        body: { message: 'As myself.', conversation_id: 'same' },
      });
      await claim(ada, token);
      const { data } = (await ada.visitor.call('/api/v1/conversations', { token: ada.token })).json;
      expect(data.map(({ title }: { title: string }) => title).sort()).toEqual([
        'As a visitor.',
        'As myself.',
      ]);
    });

    it('leave their conversations where the account has no room for them, and may try again', async () => {
      const { token } = await visitor();
      await say(token);
      const ada = await signUp(service);
      await prove(ada);
      await ask(
        service.home,
        "insert into velro.conversations (user_id, id, title) select $1, 'c' || n, 'c' from generate_series(1, 1000) n",
        [ada.id],
      );
      const refused = await claim(ada, token);
      expect([refused.status, refused.json.code]).toEqual([409, 'conversations_exceeded']);
      expect((await call(token, '/conversations')).json.data).toHaveLength(1);
      await ask(service.home, "delete from velro.conversations where user_id = $1 and id = 'c1'", [ada.id]);
      expect((await claim(ada, token)).json).toEqual({ conversations: 1 });
    });

    it('are nobody without the visitor’s token', async () => {
      const { token } = await visitor();
      await say(token);
      const eve = await signUp(service);
      await prove(eve);
      const otherwise = ['VISITOR_', 'session_', 'XXXXXXXX'].map((prefix) =>
        token.replace('visitor_', prefix),
      );
      for (const text of ['', 'visitor_x.y', eve.token, token.slice(0, -2), ...otherwise])
        expect((await claim(eve, text)).status).toBe(422);
      expect((await call(token, '/conversations')).json.data).toHaveLength(1);
    });
  });
});
