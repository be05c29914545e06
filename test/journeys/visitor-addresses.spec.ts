import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { KeyOwner } from '../support/accounts/api-keys.js';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { ask, superuserUrl } from '../support/database/database.js';
import { Service, signUp } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';
import { ModelServer } from '../support/models/model-server.js';
import type { Visitor } from '../support/http/http.js';

const answer = 'The answer is 42.';
const site = 'https://shop.example.com';

/** Tokens of visitors are many and cheap: what they may do together is judged by the address that sends them. */
describe('the address of visitors', () => {
  let models: ModelServer;
  let service: Service;
  let admin: Administrator;
  let shop: KeyOwner;
  let key: string;
  let agent: string;
  beforeAll(async () => {
    models = await ModelServer.start();
    service = await Service.start({
      AI_PROVIDER: 'gemini',
      GEMINI_API_KEY: 'key-of-the-provider',
      GEMINI_BASE_URL: models.url,
      AI_TIMEOUT_MS: '30000',
      THREAT_RESPONSES: 'enforce',
      RATE_LIMIT_API_STANDARD: '40/minute',
      RATE_LIMIT_ADMIN: '100000/minute',
      CORS_ORIGINS: site,
    });
    admin = await administrator(service, 'admin');
    shop = await KeyOwner.signUp(service, []);
    key = (await shop.key({ scopes: ['visitors'] })).text;
    const made = await manage('/agents', { name: 'Shop', is_public: true, origins: [site] });
    agent = made.json.id as string;
    await manage(`/agents/${agent}/publish`, {});
  });
  afterAll(async () => {
    await service.discard();
    await models.stop();
  });
  beforeEach(() => {
    models.reset();
  });

  const manage = (path: string, body: object) =>
    admin.visitor.call(`/api/v1/admin${path}`, { token: admin.token, body });
  /** A token for a visitor; the site's backend has a limit too. */
  const mint = async (): Promise<string> => {
    const { json, text } = await service.visitor().call('/api/v1/visitors', {
      token: key,
      body: { agent_id: agent },
    });
    if (typeof json.visitor_token !== 'string') throw new Error(text);
    return json.visitor_token;
  };
  const say = (at: Visitor, token: string) =>
    at.call('/api/v1/chat', { token, body: { message: 'Hello?' }, headers: { origin: site } });
  const list = (at: Visitor, token: string) => at.call('/api/v1/conversations', { token });

  it('is blocked for them too: their tokens pass no block, also those that come later', async () => {
    const at = service.visitor();
    const early = await mint();
    expect((await say(at, early)).json.reply).toBe(answer);
    const ada = await signUp(service);
    const blocked = await manage('/security/blocks', { address: at.address, minutes: 60 });
    expect(blocked.status).toBe(201);
    const before = models.seen.length;
    await until(async () => (await list(at, early)).status === 403, 'the block');
    for (const token of [early, await mint()]) {
      const refused = await say(at, token);
      expect([refused.status, refused.json.code]).toEqual([403, 'address_blocked']);
    }
    expect(models.seen).toHaveLength(before);
    // Whoever has an account is not kept from it, and others are not kept at all.
    expect((await list(at, ada.token)).status).toBe(200);
    expect((await say(service.visitor(), early)).json.reply).toBe(answer);
  });

  it('is what evidence speaks against that their requests leave', async () => {
    const at = service.visitor();
    const token = await mint();
    await at.call("/api/v1/conversations?search=' or 1=1 --", { token });
    await service.logged();
    const found = service
      .lines()
      .filter(({ source_ip: ip, event }) => ip === at.address && event === 'malicious_sqli');
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((line) => line['user_id'] !== undefined)).toEqual([]);
  });

  it('has one limit for the calls of all of them, and another address its own', async () => {
    const at = service.visitor();
    const tokens = await Promise.all(Array.from({ length: 4 }, mint));
    const statuses: number[] = [];
    for (let call = 0; call < 44; call++) statuses.push((await list(at, tokens[call % 4] ?? '')).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(40);
    expect(statuses.slice(40)).toEqual([429, 429, 429, 429]);
    expect((await list(service.visitor(), tokens[0] ?? '')).status).toBe(200);
  });

  it('has one share of the connections to the database', async () => {
    const at = service.visitor();
    const tokens = await Promise.all(Array.from({ length: 4 }, mint));
    const holder = new pg.Client({ connectionString: superuserUrl(service.home) });
    await holder.connect();
    try {
      await holder.query('begin');
      await holder.query('lock table velro.conversations in access exclusive mode');
      const burst = Promise.all(Array.from({ length: 20 }, (_, call) => list(at, tokens[call % 4] ?? '')));
      const waiting = () =>
        ask(
          service.home,
          "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%conversations%'",
        );
      await until(async () => (await waiting()).length >= 6, 'requests that wait');
      expect(await waiting()).toHaveLength(6);
      const ada = await signUp(service);
      expect((await ada.visitor.call('/api/v1/credits/balance', { token: ada.token })).status).toBe(200);
      await holder.query('rollback');
      await burst;
    } finally {
      await holder.end();
    }
  });
});
