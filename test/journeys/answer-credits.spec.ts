import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KeyOwner } from '../support/accounts/api-keys.js';
import { administrator } from '../support/accounts/authenticator.js';
import { ask, unbalanced } from '../support/database/database.js';
import { templateHome } from '../support/database/template-home.js';
import { ModelServer } from '../support/models/model-server.js';
import { withAnswerPrices } from '../support/models/priced-service.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const model = 'gemini-2.5-flash-lite';
const answer = 'The answer is 42.';

describe('answers that cost three credits', () => {
  let models: ModelServer;
  let service: Service;
  beforeAll(async () => {
    models = await ModelServer.start();
    const env = {
      AI_PROVIDER: 'gemini',
      GEMINI_API_KEY: 'key-of-the-provider',
      GEMINI_BASE_URL: models.url,
      DEFAULT_USER_CREDITS: '7',
      CHAT_RATE_LIMIT: '10000/minute',
      RATE_LIMIT_API_STANDARD: '100000/minute',
      AI_MAX_CALLS_PER_MIN_OTHER: '100000',
    };
    service = await Service.start(env, templateHome(), { args: withAnswerPrices({ [model]: 3 }) });
  });
  afterAll(async () => {
    await service.discard();
    await models.stop();
  });
  let began: Date;
  beforeEach(async () => {
    models.reset();
    began = (await ask<{ now: Date }>(service.home, 'select now()'))[0]?.now ?? new Date();
  });
  afterEach(async () => {
    expect(await ask(service.home, unbalanced)).toEqual([]);
  });

  const call = (who: Account, path: string, of: Parameters<Account['visitor']['call']>[1] = {}) =>
    who.visitor.call(`/api/v1${path}`, { token: who.token, ...of });
  const say = (who: Account) => call(who, '/chat', { body: { message: 'What is the answer?' } });
  const balanceOf = async (who: Account): Promise<unknown> => (await call(who, '/credits/balance')).json;
  const entriesOf = async (who: Account): Promise<Record<string, unknown>[]> =>
    (await call(who, '/credits/transactions')).json.data as Record<string, unknown>[];
  /** Everything that a question leaves behind; of runs those since this test began, as older ones are purged beside it. */
  const stored = async (): Promise<number> => {
    const [row] = await ask<{ count: number }>(
      service.home,
      `select ((select count(*) from velro.ai_calls) + (select count(*) from velro.conversations)
        + (select count(*) from velro.chat_runs where is_running or ended_at > $1)
        + (select count(*) from velro.credit_entries where call_id is not null))::int as count`,
      [began],
    );
    return row?.count ?? -1;
  };
  const allSettled = () =>
    until(
      async () =>
        (await ask(service.home, 'select from velro.ai_calls where settled_at is null')).length === 0,
      'all calls are settled',
    );

  it('are given as long as the balance pays, stand in the ledger with their call, and then are refused by 402', async () => {
    const ada = await signUp(service);
    for (const _ of [1, 2]) expect((await say(ada)).json).toMatchObject({ reply: answer, path: 'ai' });
    await allSettled();
    const before = await stored();
    const refused = await say(ada);
    expect([refused.status, refused.json]).toEqual([
      402,
      expect.objectContaining({ code: 'credits_insufficient', required: 3, available: 1 }),
    ]);
    expect([await stored(), await balanceOf(ada), models.seen.length]).toEqual([
      before,
      { balance: 1, reserved: 0 },
      2,
    ]);
    const calls = await ask<{ id: string }>(
      service.home,
      'select id from velro.ai_calls where user_id = $1 order by id desc',
      [ada.id],
    );
    const entry = (kind: string, balance: number, reserved: number, id: string | null) =>
      expect.objectContaining({
        kind,
        balance_change: balance,
        reserved_change: reserved,
        call_id: id,
        generation_id: null,
      });
    expect(await entriesOf(ada)).toEqual([
      ...calls.flatMap(({ id }) => [entry('commit', 0, -3, id), entry('reserve', -3, 3, id)]),
      entry('grant', 7, 0, null),
    ]);
    expect((await call(ada, '/credits/stats')).json).toMatchObject({
      granted: 7,
      spent: 6,
      released: 0,
      spent_30_days: 6,
    });
    expect((await call(ada, '/usage?by=model')).json.data).toEqual([
      expect.objectContaining({ value: model, calls: 2, credits: 6 }),
    ]);
  });

  it('cost nothing where no model answers', async () => {
    const ada = await signUp(service);
    models.fault = 'empty';
    expect((await say(ada)).json).toMatchObject({ path: 'fallback', reason: 'ai_error' });
    await allSettled();
    expect(await balanceOf(ada)).toEqual({ balance: 7, reserved: 0 });
    expect((await call(ada, '/credits/stats')).json).toMatchObject({ spent: 0, released: 3 });
  });

  it('are refused to clients of OpenAI by 429 that is not to be tried again, for the balance and for the key', async () => {
    const owner = await KeyOwner.signUp(service, []);
    const key = await owner.key({ scopes: ['openai'] });
    await owner.call(`/${key.id}/limits`, { method: 'PUT', body: { monthly_credits: 4 } });
    const complete = (token: string) =>
      owner.account.visitor.call('/api/v1/openai/chat/completions', {
        token,
        body: { model, messages: [{ role: 'user', content: 'What is the answer?' }] },
      });
    expect((await complete(key.text)).status).toBe(200);
    await allSettled();
    expect((await owner.call(`/${key.id}/limits`)).json.used_credits).toBe(3);
    const before = await stored();
    const other = await owner.key({ scopes: ['openai'] });
    for (const [text, why] of [
      [key.text, 'The API key has used the credits that its owner allows it in a month.'],
      [other.text, null],
      [other.text, 'The balance does not cover what this costs.'],
    ] as const) {
      const { status, json, headers } = await complete(text);
      if (why === null) {
        expect(status).toBe(200);
        await allSettled();
        continue;
      }
      expect([status, json.error]).toEqual([
        429,
        { type: 'insufficient_quota', code: 'insufficient_quota', param: null, message: why },
      ]);
      expect(headers['x-should-retry']).toBe('false');
    }
    // A row and two entries of the one that was admitted.
    expect([await stored(), models.seen.length]).toEqual([before + 3, 2]);
    expect(await balanceOf(owner.account)).toEqual({ balance: 1, reserved: 0 });
  });

  it('are refused to an administrator who tries an agent out', async () => {
    const admin = await administrator(service, 'admin');
    const manage = (path: string, body: object) => call(admin, `/admin/agents${path}`, { body });
    const made = await manage('', { name: 'Oracle', system_prompt: 'Answer briefly.' });
    const test = () => manage(`/${String(made.json.id)}/test`, { message: 'What is the answer?' });
    for (const _ of [1, 2]) expect((await test()).json).toMatchObject({ path: 'ai' });
    const refused = await test();
    expect([refused.status, refused.json.code, models.seen.length]).toEqual([402, 'credits_insufficient', 2]);
  });

  it('that are asked for at once are given to as many as the balance pays, and the others are not answered by a model', async () => {
    const ada = await signUp(service);
    const answers = await Promise.all(Array.from({ length: 8 }, () => say(ada)));
    const given = answers.filter(({ json }) => json.path === 'ai');
    expect(given).toHaveLength(2);
    for (const { status, json } of answers)
      expect(['ai', 'budget_exceeded', 'credits_insufficient', 'busy']).toContain(
        status === 200 ? (json.reason ?? json.path) : json.code,
      );
    await allSettled();
    expect([await balanceOf(ada), models.seen.length]).toEqual([{ balance: 1, reserved: 0 }, 2]);
  });
});
