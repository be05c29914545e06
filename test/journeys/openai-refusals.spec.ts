import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI, { APIError } from 'openai';
import { KeyOwner } from '../support/accounts/api-keys.js';
import { operatorOf } from '../support/accounts/operator.js';
import { ask } from '../support/database/database.js';
import { openChat } from '../support/models/chat-stream.js';
import { ModelServer, type ModelFault } from '../support/models/model-server.js';
import { Service } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const model = 'gpt-4.1-mini';
const messages = [{ role: 'user', content: 'What is the answer?' }];
const chat = { model, messages };
const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } };
const nested = (depth: number): object => (depth === 0 ? {} : { properties: { a: nested(depth - 1) } });

describe('a client of OpenAI that is refused', () => {
  let models: ModelServer;
  let service: Service;
  let owner: KeyOwner;
  let key: { id: string; text: string };
  beforeAll(async () => {
    models = await ModelServer.start();
    service = await Service.start({
      AI_PROVIDER: 'openai',
      OPENAI_API_KEY: 'key-of-the-provider',
      OPENAI_BASE_URL: models.url,
      OPENAI_DOOR_TIMEOUT_MS: '1000',
      CHAT_RATE_LIMIT: '1000/minute',
      RATE_LIMIT_API_STANDARD: '100000/minute',
      RATE_LIMIT_GENERATION_CREATE: '10000/minute',
      AI_MAX_CALLS_PER_MIN_OTHER: '100000',
      AI_PERSON_DAILY_BUDGET_USD: '5',
      DEFAULT_USER_CREDITS: '2',
      LEADSENSE_PII_REDACTION: 'true',
    });
    owner = await KeyOwner.signUp(service, []);
    key = await owner.key({ scopes: ['openai'] });
  });
  afterAll(async () => {
    await service.discard();
    await models.stop();
  });
  beforeEach(() => {
    models.reset();
  });

  const post = (path: string, body: unknown, token = key.text) =>
    owner.account.visitor.call(`/api/v1/openai${path}`, { token, body });
  const calls = async (): Promise<number> => {
    const [row] = await ask<{ count: number }>(
      service.home,
      'select (select count(*) from velro.ai_calls)::int + (select count(*) from velro.generations)::int as count',
    );
    return row?.count ?? -1;
  };
  /** The last row of a call, once it is settled. */
  const settled = async (): Promise<{ outcome: string; cost: number; output: number }> => {
    let last: { outcome: string | null; cost: number; output: number } | undefined;
    await until(async () => {
      [last] = await ask(
        service.home,
        'select outcome, cost_microusd::int as cost, output_tokens::int as output from velro.ai_calls order by id desc limit 1',
      );
      return last !== undefined && last.outcome !== null;
    }, 'the call is settled');
    return last as { outcome: string; cost: number; output: number };
  };

  it.each<[string, string, unknown, number, string, string | null]>([
    ['an unknown model', '/chat/completions', { ...chat, model: 'gpt-9' }, 404, 'model_not_found', null],
    [
      'a model of pictures for a chat',
      '/chat/completions',
      { ...chat, model: 'velro/canvas' },
      404,
      'model_not_found',
      null,
    ],
    [
      'a model of chats for a picture',
      '/images/generations',
      { model, prompt: 'fog' },
      404,
      'model_not_found',
      null,
    ],
    ['no messages', '/chat/completions', { model }, 400, 'invalid_value', 'messages'],
    [
      'no message of the user',
      '/chat/completions',
      { model, messages: [{ role: 'system', content: 'x' }] },
      400,
      'invalid_value',
      'messages',
    ],
    [
      'an unknown role',
      '/chat/completions',
      { model, messages: [{ role: 'critic', content: 'x' }] },
      400,
      'invalid_value',
      'messages.0.role',
    ],
    [
      'a message without content',
      '/chat/completions',
      { model, messages: [{ role: 'user' }] },
      400,
      'invalid_value',
      'messages.0.content',
    ],
    [
      'a picture in a message',
      '/chat/completions',
      {
        model,
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://127.0.0.1/' } }] },
        ],
      },
      400,
      'invalid_value',
      'messages.0.content',
    ],
    [
      'a lone surrogate',
      '/chat/completions',
      { model, messages: [{ role: 'user', content: 'x\ud800' }] },
      400,
      'json_too_complex',
      null,
    ],
    [
      'a result of no call',
      '/chat/completions',
      { model, messages: [{ role: 'tool', tool_call_id: 'x', content: 'x' }] },
      400,
      'invalid_value',
      'messages.0.tool_call_id',
    ],
    [
      'a call whose input is no JSON',
      '/chat/completions',
      {
        model,
        messages: [
          ...messages,
          {
            role: 'assistant',
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'x', arguments: '{' } }],
          },
        ],
      },
      400,
      'invalid_value',
      'messages.1.tool_calls.0.arguments',
    ],
    [
      'a call whose input is too deep',
      '/chat/completions',
      {
        model,
        messages: [
          ...messages,
          {
            role: 'assistant',
            tool_calls: [
              {
                id: 'a',
                type: 'function',
                function: { name: 'x', arguments: `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}` },
              },
            ],
          },
        ],
      },
      400,
      'invalid_value',
      'messages.1.tool_calls.0.arguments',
    ],
    [
      'a name of a tool with a blank',
      '/chat/completions',
      { ...chat, tools: [{ type: 'function', function: { name: 'a b' } }] },
      400,
      'invalid_value',
      'tools.0.function.name',
    ],
    [
      'two tools of one name',
      '/chat/completions',
      { ...chat, tools: [weather, weather] },
      400,
      'invalid_value',
      'tools',
    ],
    [
      'a tool that is no function',
      '/chat/completions',
      { ...chat, tools: [{ type: 'custom', custom: { name: 'x' } }] },
      400,
      'invalid_value',
      'tools.0',
    ],
    [
      'a tool with a schema that is too deep',
      '/chat/completions',
      { ...chat, tools: [{ type: 'function', function: { name: 'x', parameters: nested(100) } }] },
      400,
      'json_too_complex',
      null,
    ],
    [
      'a tool with a schema that is too large',
      '/chat/completions',
      {
        ...chat,
        tools: [
          {
            type: 'function',
            function: { name: 'x', parameters: { type: 'object', description: 'x'.repeat(40_000) } },
          },
        ],
      },
      400,
      'invalid_value',
      'tools.0.function.parameters',
    ],
    [
      '129 tools',
      '/chat/completions',
      {
        ...chat,
        tools: Array.from({ length: 129 }, (_, at) => ({ type: 'function', function: { name: `t${at}` } })),
      },
      400,
      'invalid_value',
      'tools',
    ],
    [
      'a choice of a tool that is not there',
      '/chat/completions',
      { ...chat, tools: [weather], tool_choice: { type: 'function', function: { name: 'other' } } },
      400,
      'invalid_value',
      'tool_choice',
    ],
    [
      'a required tool without tools',
      '/chat/completions',
      { ...chat, tool_choice: 'required' },
      400,
      'invalid_value',
      'tool_choice',
    ],
    [
      'more tokens than an answer may have',
      '/chat/completions',
      { ...chat, max_tokens: 1_000_000 },
      400,
      'invalid_value',
      'max_tokens',
    ],
    ['two answers', '/chat/completions', { ...chat, n: 2 }, 400, 'invalid_value', 'n'],
    ['an answer that is kept', '/chat/completions', { ...chat, store: true }, 400, 'invalid_value', 'store'],
    ['probabilities', '/chat/completions', { ...chat, logprobs: true }, 400, 'invalid_value', 'logprobs'],
    [
      'five stops',
      '/chat/completions',
      { ...chat, stop: ['a', 'b', 'c', 'd', 'e'] },
      400,
      'invalid_value',
      'stop',
    ],
    [
      'an unknown format',
      '/chat/completions',
      { ...chat, response_format: { type: 'xml' } },
      400,
      'invalid_value',
      'response_format',
    ],
    [
      'options of a stream without one',
      '/chat/completions',
      { ...chat, stream_options: { include_usage: true } },
      400,
      'invalid_value',
      'stream_options',
    ],
    ['an unknown field', '/chat/completions', { ...chat, audio: {} }, 400, 'invalid_value', 'audio'],
    [
      '1,001 messages',
      '/chat/completions',
      { model, messages: Array.from({ length: 1001 }, () => messages[0]) },
      400,
      'invalid_value',
      'messages',
    ],
    [
      'an item that is referred to',
      '/responses',
      { model, input: [{ type: 'item_reference', id: 'msg_1' }] },
      400,
      'invalid_value',
      'input.0',
    ],
    [
      'an earlier response',
      '/responses',
      { model, input: 'x', previous_response_id: 'resp_1' },
      400,
      'invalid_value',
      'previous_response_id',
    ],
    [
      'a response that is kept',
      '/responses',
      { model, input: 'x', store: true },
      400,
      'invalid_value',
      'store',
    ],
    [
      'a tool of the provider',
      '/responses',
      { model, input: 'x', tools: [{ type: 'web_search' }] },
      400,
      'invalid_value',
      'tools.0.type',
    ],
    ['no input', '/responses', { model, input: [] }, 400, 'invalid_value', 'input'],
    [
      'two pictures',
      '/images/generations',
      { model: 'velro/canvas', prompt: 'fog', n: 2 },
      400,
      'invalid_value',
      'n',
    ],
    [
      'a size that the model has not',
      '/images/generations',
      { model: 'velro/canvas', prompt: 'fog', size: '9999x9999' },
      400,
      'invalid_value',
      'parameters.width',
    ],
    [
      'a prompt that is too long',
      '/images/generations',
      { model: 'velro/canvas', prompt: 'x'.repeat(2001) },
      400,
      'invalid_value',
      'prompt',
    ],
  ])('%s is told so, and nothing is asked', async (_what, path, body, status, code, param) => {
    const before = await calls();
    const refused = await post(path, body);
    expect([refused.status, refused.json.error]).toEqual([
      status,
      { message: expect.any(String), type: 'invalid_request_error', param, code },
    ]);
    expect(refused.headers['content-type']).toBe('application/json; charset=utf-8');
    expect([models.seen.length, await calls()]).toEqual([0, before]);
  });

  it('has errors of that shape from the perimeter and from the guards too', async () => {
    const visitor = service.visitor();
    const at = (path: string, more: object) => visitor.call(`/api/v1/openai${path}`, more);
    const account = await owner.key({ scopes: ['account:read'] });
    const shapes = [
      [await at('/models', {}), 401, 'invalid_api_key'],
      [await at('/models', { token: 'velro_wrong' }), 401, 'invalid_api_key'],
      [await at('/models', { token: account.text }), 403, 'scope_missing'],
      [await at('/nowhere', { token: key.text }), 404, 'route_not_found'],
      [await visitor.call('/api/v1/%6Fpenai/models'), 401, 'invalid_api_key'],
      [await at('/chat/completions', { token: key.text }), 405, 'method_not_allowed'],
      [
        await at('/chat/completions', {
          token: key.text,
          raw: '{',
          method: 'POST',
          headers: { 'content-type': 'application/json' },
        }),
        400,
        'json_invalid',
      ],
      [
        await at('/chat/completions', {
          token: key.text,
          raw: 'x',
          method: 'POST',
          headers: { 'content-type': 'text/plain' },
        }),
        415,
        'content_type_unsupported',
      ],
      [
        await at('/chat/completions', { token: key.text, body: { ...chat, user: 'x'.repeat(1024 * 1024) } }),
        413,
        'body_too_large',
      ],
    ] as const;
    for (const [refused, status, code] of shapes)
      expect([refused.status, refused.json?.error?.code, refused.json?.error?.type]).toEqual([
        status,
        code,
        'invalid_request_error',
      ]);
    expect(models.seen).toEqual([]);
  });

  it('is not let to a model that its key may not use', async () => {
    const own = await owner.key({ scopes: ['openai'] });
    await owner.call(`/${own.id}/limits`, { method: 'PUT', body: { models: ['velro/canvas'] } });
    const before = await calls();
    const refused = await post('/chat/completions', chat, own.text);
    expect([refused.status, refused.json.error.code]).toEqual([403, 'model_not_allowed']);
    const listed = await owner.account.visitor.call('/api/v1/openai/models', { token: own.text });
    expect(listed.json.data.map(({ id }: { id: string }) => id)).toEqual(['velro/canvas']);
    expect([models.seen.length, await calls()]).toEqual([0, before]);
  });

  it.each<[ModelFault, number, string]>([
    ['hang before', 504, 'language_model_timeout'],
    ['hang in the middle', 504, 'language_model_timeout'],
    ['garbage', 502, 'language_model_failed'],
    ['reset', 503, 'language_model_unavailable'],
    ['reset in the middle', 502, 'language_model_failed'],
    ['429', 503, 'language_model_unavailable'],
    ['401', 503, 'language_model_unavailable'],
    ['400', 502, 'language_model_failed'],
    ['500', 503, 'language_model_unavailable'],
    ['empty', 502, 'language_model_failed'],
    ['blocked answer', 502, 'language_model_failed'],
    ['error after 200', 502, 'language_model_failed'],
    ['cut JSON', 502, 'language_model_failed'],
    ['cut off', 502, 'language_model_failed'],
    ['wrong content type', 502, 'language_model_failed'],
  ])('is never answered by a canned text: %s of the provider', async (fault, status, code) => {
    models.fault = fault;
    const refused = await post('/chat/completions', chat);
    expect([refused.status, refused.json.error]).toEqual([
      status,
      { message: expect.any(String), type: 'server_error', param: null, code },
    ]);
    expect(refused.text).not.toContain('secret');
    // The breaker counts failures in a row.
    models.fault = null;
    await until(
      async () => (await post('/chat/completions', chat)).status === 200,
      'the provider is asked again',
    );
  });

  it('is told within a stream that it broke off, before its end', async () => {
    for (const fault of ['reset in the middle', 'cut off', 'hang in the middle'] as const) {
      models.reset();
      models.fault = fault;
      const url = `${service.url}/api/v1/openai`;
      const stream = await openChat(`${url}/chat/completions`, key.text, { ...chat, stream: true });
      await stream.over;
      expect(stream.parts.at(-1)).toMatchObject({
        error: { type: 'server_error', code: expect.stringMatching(/^language_model_/) },
      });
      expect(stream.isDone).toBe(true);
      models.fault = fault;
      const client = new OpenAI({ apiKey: key.text, baseURL: url, maxRetries: 0 });
      const read = async (): Promise<void> => {
        for await (const event of await client.responses.create({ model, input: 'x', stream: true }))
          if (event.type === 'response.completed') throw new Error('it is said to be whole');
      };
      await expect(read()).rejects.toBeInstanceOf(APIError);
      models.fault = null;
      await until(
        async () => (await post('/chat/completions', chat)).status === 200,
        'the provider is asked again',
      );
    }
  });

  it('ends the answer when it goes away, which is settled once', async () => {
    models.pieces = Array.from({ length: 200 }, (_, at) => `piece${at} `);
    models.betweenMs = 20;
    const before = await calls();
    for (const [path, body] of [
      ['/chat/completions', { ...chat, stream: true }],
      ['/responses', { model, input: 'x', stream: true }],
    ] as const) {
      const stream = await openChat(`${service.url}/api/v1/openai${path}`, key.text, body);
      await until(() => stream.parts.length > 5, 'the fifth piece');
      stream.leave();
      await until(() => models.seen.at(-1)?.left === true, 'the provider sees it leave');
      const row = await settled();
      expect(row.outcome).toBe('stopped');
      expect(row.cost).toBeGreaterThan(0);
    }
    expect(await calls()).toBe(before + 2);
    const mark = service.lines().length;
    const whole = new AbortController();
    const asked = models.seen.length;
    const left = fetch(`${service.url}/api/v1/openai/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.text}`, 'content-type': 'application/json' },
      body: JSON.stringify(chat),
      signal: whole.signal,
    }).catch(() => null);
    await until(() => models.seen.length > asked, 'the provider is asked');
    whole.abort();
    await left;
    await until(() => models.seen.at(-1)?.left === true, 'the provider sees it leave');
    await settled();
    expect(
      service
        .lines()
        .slice(mark)
        .filter(({ msg }) => msg === 'request failed'),
    ).toEqual([]);
  });

  it('loses its answer with its key', async () => {
    models.pieces = Array.from({ length: 300 }, (_, at) => `piece${at} `);
    models.betweenMs = 50;
    const own = await owner.key({ scopes: ['openai'] });
    const stream = await openChat(`${service.url}/api/v1/openai/chat/completions`, own.text, {
      ...chat,
      stream: true,
    });
    await until(() => stream.parts.length > 2, 'the first pieces');
    await owner.remove(own.id);
    await stream.over;
    expect(stream.parts.at(-1)).toMatchObject({ error: { code: 'invalid_api_key' } });
    await until(() => models.seen.at(-1)?.left === true, 'the provider sees it leave');
  });

  it('is told that its quota is spent, and does not try again', async () => {
    const poor = await owner.key({ scopes: ['openai'] });
    await owner.call(`/${poor.id}/limits`, { method: 'PUT', body: { daily_microusd: 1 } });
    const before = await calls();
    const client = new OpenAI({ apiKey: poor.text, baseURL: `${service.url}/api/v1/openai`, maxRetries: 3 });
    const error: unknown = await client.chat.completions
      .create({ model, messages: [{ role: 'user', content: 'x' }] })
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ status: 429, code: 'insufficient_quota', type: 'insufficient_quota' });
    const refused = await post('/chat/completions', chat, poor.text);
    expect(refused.headers['x-should-retry']).toBe('false');
    expect([models.seen.length, await calls()]).toEqual([0, before]);
    const picture = { model: 'velro/canvas', prompt: 'fog', size: '256x256', response_format: 'url' };
    // Ready within the second of this service, or not: two are paid, and a third one is not.
    for (const outcome of ['paid', 'paid', 'insufficient_quota']) {
      const { status, json } = await post('/images/generations', picture);
      expect(status === 200 || status === 425 ? 'paid' : json.error.code).toBe(outcome);
    }
  });

  it('is told its limits by the headers of OpenAI', async () => {
    const answered = await post('/chat/completions', chat);
    expect(answered.headers).toMatchObject({
      'x-ratelimit-limit-requests': '1000',
      'x-ratelimit-remaining-requests': expect.stringMatching(/^\d+$/),
      'x-ratelimit-reset-requests': expect.stringMatching(/^(\d+m)?\d+s$/),
      // Five dollars, at 1,600 nano-dollars a token of the answer.
      'x-ratelimit-limit-tokens': '3125000',
      'x-ratelimit-remaining-tokens': expect.stringMatching(/^31\d{5}$/),
      'x-ratelimit-reset-tokens': expect.stringMatching(/^(\d+h)?(\d+m)?\d+s$/),
    });
  });

  it('has its texts freed of personal data before a model sees them', async () => {
    const toolCalls = [
      { id: 'a', type: 'function', function: { name: 'mail', arguments: '{"to":"ada@example.com"}' } },
    ];
    await post('/chat/completions', {
      model,
      messages: [
        { role: 'system', content: 'Write to bob@example.com.' },
        { role: 'user', content: 'I am ada@example.com.' },
        { role: 'assistant', content: null, tool_calls: toolCalls },
        { role: 'tool', tool_call_id: 'a', content: 'sent to ada@example.com' },
      ],
    });
    const seen = JSON.stringify(models.seen.at(-1)?.body);
    expect(seen).not.toContain('example.com');
    expect(seen.split('[EMAIL_REDACTED_1]')).toHaveLength(4);
    expect(seen.split('[EMAIL_REDACTED_2]')).toHaveLength(2);
  });

  const redactedRequest = {
    model,
    messages: [{ role: 'user', content: 'I am ada@example.com, who are you?' }],
  };

  it('has its values back in an answer, however the provider cuts it', async () => {
    models.pieces = ['Hello [EMA', 'IL_REDACTED', '_1], I know no [EMAIL_REDACTED_7] [', 'and no more.'];
    const whole = await post('/chat/completions', redactedRequest);
    const expected = 'Hello ada@example.com, I know no [EMAIL_REDACTED_7] [and no more.';
    expect(whole.json.choices[0].message.content).toBe(expected);
    const stream = await post('/chat/completions', { ...redactedRequest, stream: true });
    const pieces = [...stream.text.matchAll(/"delta":(\{[^}]*\})/g)].map(([, delta = '{}']) =>
      JSON.parse(delta),
    );
    expect(pieces.map(({ content }) => content ?? '').join('')).toBe(expected);
    expect(JSON.stringify(models.seen)).not.toContain('ada@example.com');
  });

  it('has its values back so that an answer of JSON stays JSON', async () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${'a1B2c3D4'.repeat(8)}\n-----END PRIVATE KEY-----`;
    models.pieces = ['{"key":"[KEY_RED', 'ACTED_1]"}'];
    const answered = await post('/chat/completions', {
      model,
      messages: [{ role: 'user', content: `Wrap this: ${key}` }],
      response_format: { type: 'json_object' },
    });
    expect(JSON.parse(String(answered.json.choices[0].message.content))).toEqual({ key });
  });

  it('has its values back in the input of the tools that a model asks for', async () => {
    models.tools = [{ id: 'a', name: 'mail', input: ['{"to":"[EMAIL_RE', 'DACTED_1]"}'] }];
    const answered = await post('/chat/completions', {
      ...redactedRequest,
      tools: [{ type: 'function', function: { name: 'mail', parameters: { type: 'object' } } }],
    });
    expect(answered.json.choices[0].message.tool_calls[0].function.arguments).toBe(
      '{"to":"ada@example.com"}',
    );
    expect(JSON.stringify(models.seen)).not.toContain('ada@example.com');
  });

  it('finds the switch off, and no provider is asked', async () => {
    const toggle = (enabled: boolean) =>
      service.visitor().call('/ops/ai/toggle', { body: { enabled }, headers: operatorOf(service) });
    await toggle(false);
    const before = await calls();
    const refused = await post('/chat/completions', chat);
    expect([refused.status, refused.json.error.code]).toEqual([503, 'ai_disabled']);
    const picture = await post('/images/generations', { model: 'velro/canvas', prompt: 'fog' });
    expect([picture.status, picture.json.error.code]).toEqual([503, 'ai_disabled']);
    expect([models.seen.length, await calls()]).toEqual([0, before]);
    await toggle(true);
  });
});
