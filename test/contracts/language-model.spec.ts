import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Secret } from '../../config/values/secret.js';
import { AiSdkModel } from '../../src/adapters/ai-sdk/ai-sdk-model.js';
import { LocalModel } from '../../src/adapters/local-model/local-model.js';
import {
  AnswerTimeout,
  ModelFailed,
  type LanguageModel,
  type ModelPart,
  type ModelRequest,
} from '../../src/ports/assistants/language-model.js';
import { ModelServer, type ModelFault } from '../support/models/model-server.js';
import { passingTime } from '../support/clock/passing-time.js';
import { DroppedConnections } from '../support/http/dropped-connections.js';
import { until } from '../support/process/wait-until.js';

const request: ModelRequest = {
  model: 'stand-in-1',
  system: 'Be brief.',
  messages: [
    { role: 'user', text: 'What is the answer?' },
    { role: 'assistant', text: 'To what?' },
    { role: 'user', text: 'To everything.' },
  ],
  knowledge: [{ id: 'k1', title: 'Answers', text: 'It is 42.' }],
  maxOutputTokens: 100,
  temperature: 0.5,
  thinking: 'off',
};

async function collect(parts: AsyncIterable<ModelPart>): Promise<ModelPart[]> {
  const all: ModelPart[] = [];
  for await (const part of parts) all.push(part);
  return all;
}
const textOf = (parts: readonly ModelPart[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

describe.each(['gemini', 'openai'] as const)('a language model of %s', (provider) => {
  let server: ModelServer;
  let model: LanguageModel;
  beforeAll(async () => {
    server = await ModelServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    server.reset();
    model = new AiSdkModel(access());
  });
  const access = () => ({
    provider,
    model: 'stand-in-1',
    price: { input: 1, cached: 1, output: 1 },
    key: new Secret('key-of-the-provider'),
    baseUrl: server.url,
  });
  const never = () => new AbortController().signal;

  it('gives its answer part by part, with its usage at the end', async () => {
    const parts = await collect(model.answer(request, never()));
    expect(textOf(parts)).toBe('The answer is 42.');
    expect(parts.at(-1)).toEqual({
      type: 'end',
      end: 'stop',
      usage: { prompt: 12, cached: 4, output: 6, thoughts: 1 },
    });
  });

  it('is sent the model, the conversation, the instructions with the knowledge, and the key in a header alone', async () => {
    await collect(model.answer(request, never()));
    const [seen] = server.seen;
    const sent = JSON.stringify(seen?.body);
    expect(seen?.model).toBe('stand-in-1');
    for (const text of ['Be brief.', '[k1] Answers', 'It is 42.', 'To what?', 'To everything.', '100', '0.5'])
      expect(sent).toContain(text);
    expect(sent).not.toContain('key-of-the-provider');
    expect(JSON.stringify(seen?.headers)).toContain('key-of-the-provider');
  });

  it('is charged nothing where nobody listens', async () => {
    const gone = await ModelServer.start();
    const { url } = gone;
    await gone.stop();
    model = new AiSdkModel({ ...access(), baseUrl: url });
    const error = await collect(model.answer(request, never())).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ failure: 'unavailable', isCharged: false });
  });

  (process.platform === 'linux' ? it : it.skip)(
    'is charged nothing where connections are dropped without an answer',
    async () => {
      const dropped = await DroppedConnections.start();
      model = new AiSdkModel({ ...access(), baseUrl: `http://127.0.0.1:${dropped.port}` });
      const error = await collect(model.answer(request, never())).catch((cause: unknown) => cause);
      dropped.stop();
      expect(error).toMatchObject({ failure: 'unavailable', isCharged: false });
    },
  );

  it('is asked in one request, also where the answer wants a second one', async () => {
    server.fault = 'continuation';
    await collect(model.answer(request, never())).catch(() => undefined);
    expect(server.seen).toHaveLength(1);
  });

  it('is asked again once its pause is over, and then answers', async () => {
    const clock = passingTime();
    try {
      server.fault = '500';
      for (let tries = 0; tries < 5; tries++)
        await collect(model.answer(request, never())).catch(() => undefined);
      expect(model.circuit).toBe('open');
      clock.pass(10_001);
      expect(model.circuit).toBe('half_open');
      server.fault = null;
      expect(textOf(await collect(model.answer(request, never())))).toBe('The answer is 42.');
      expect(model.circuit).toBe('closed');
    } finally {
      clock.restore();
    }
  });

  it('reports no usage where the provider reports none', async () => {
    server.usage = null;
    expect((await collect(model.answer(request, never()))).at(-1)).toMatchObject({
      type: 'end',
      usage: null,
    });
  });

  const failures: [ModelFault, 'unavailable' | 'failed', boolean][] = [
    ['garbage', 'failed', true],
    ['reset', 'unavailable', true],
    ['reset in the middle', 'failed', true],
    ['429', 'unavailable', false],
    ['401', 'unavailable', false],
    ['400', 'failed', false],
    ['500', 'unavailable', false],
    ['error after 200', 'failed', true],
    ['cut JSON', 'failed', true],
    ['cut off', 'failed', true],
    ['wrong content type', 'failed', true],
    ['endless line', 'failed', true],
    ['redirect', 'unavailable', true],
  ];
  it.each(failures)('fails on %s: %s', async (fault, failure, isCharged) => {
    server.fault = fault;
    const error = await collect(model.answer(request, never())).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ModelFailed);
    expect(error).toMatchObject({ failure, isCharged });
    // Neither the key nor what was asked or answered.
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(
      /key-of-the-provider|secret|everything|127\.0\.0\.1/,
    );
    expect((error as Error).cause).toBeUndefined();
    // The key goes where it was configured for, and nowhere else.
    expect(server.strayed).toBe(0);
  });

  it.each(['blocked answer', 'blocked prompt'] as const)('says that it was blocked: %s', async (fault) => {
    server.fault = fault;
    expect(await collect(model.answer(request, never()))).toMatchObject([{ type: 'end', end: 'blocked' }]);
  });

  it.each(['hang before', 'hang in the middle'] as const)(
    'ends with the reason of an abort, and its request with it: %s',
    async (fault) => {
      server.fault = fault;
      const aborting = new AbortController();
      const reading = collect(model.answer(request, aborting.signal)).catch((cause: unknown) => cause);
      await until(() => server.seen.length === 1, 'the request');
      const reason = new AnswerTimeout('person');
      aborting.abort(reason);
      expect(await reading).toBe(reason);
      await until(() => server.seen[0]?.left === true, 'the end of the request');
    },
  );

  /** A question of this caller that is never answered in its time. */
  const waitInVain = async (caller: string): Promise<void> => {
    server.fault = 'hang before';
    const before = server.seen.length;
    const aborting = new AbortController();
    const reading = collect(model.answer(request, aborting.signal)).catch(() => undefined);
    await until(() => server.seen.length > before, 'the request');
    aborting.abort(new AnswerTimeout(caller));
    await reading;
  };

  it('is not left alone because one caller waits in vain, however often, but because five callers do', async () => {
    for (let tries = 0; tries < 12; tries++) await waitInVain('one');
    for (const caller of ['two', 'three', 'one', 'four', 'two']) await waitInVain(caller);
    expect(model.circuit).toBe('closed');
    await waitInVain('five');
    expect(model.circuit).toBe('open');
  });

  it('that answered in between is kept by no wait before it', async () => {
    for (const caller of ['one', 'two', 'three', 'four']) await waitInVain(caller);
    server.fault = null;
    await collect(model.answer(request, never()));
    for (const caller of ['one', 'two', 'three', 'four']) await waitInVain(caller);
    expect(model.circuit).toBe('closed');
    await waitInVain('five');
    expect(model.circuit).toBe('open');
  });

  it('ends its request when nobody reads on', async () => {
    server.betweenMs = 10_000;
    for await (const part of model.answer(request, never())) {
      expect(part).toEqual({ type: 'text', text: 'The ' });
      break;
    }
    await until(() => server.seen[0]?.left === true, 'the end of the request');
  });

  it('is left alone after five failures in a row; a refused request is none', async () => {
    const fail = async (fault: ModelFault) => {
      server.fault = fault;
      await collect(model.answer(request, never())).catch(() => undefined);
    };
    for (let tries = 0; tries < 6; tries++) await fail('400');
    expect(model.circuit).toBe('closed');
    for (let tries = 0; tries < 5; tries++) await fail('500');
    expect(model.circuit).toBe('open');
    const before = server.seen.length;
    await fail('500');
    expect(server.seen.length).toBe(before);
  });
});

describe('what a model is told about thinking', () => {
  let server: ModelServer;
  beforeAll(async () => {
    server = await ModelServer.start();
  });
  afterAll(() => server.stop());

  it.each([
    ['openai', 'gpt-4.1-mini', 'off', undefined],
    ['openai', 'gpt-4.1-mini', 'high', undefined],
    ['openai', 'a-compatible-one', 'off', undefined],
    ['openai', 'gpt-5-mini', 'off', 'minimal'],
    ['openai', 'gpt-5-mini', 'high', 'high'],
    ['openai', 'gpt-5.2', 'off', 'none'],
    ['gemini', 'gemini-2.5-flash-lite', 'off', { thinkingBudget: 0 }],
    ['gemini', 'gemini-3-flash-preview', 'off', { thinkingLevel: 'minimal' }],
    ['gemini', 'gemini-of-tomorrow', 'off', undefined],
  ] as const)('%s, %s, %s', async (provider, name, thinking, told) => {
    server.reset();
    const model = new AiSdkModel({
      provider,
      model: name,
      price: { input: 1, cached: 1, output: 1 },
      key: new Secret('key-of-the-provider'),
      baseUrl: server.url,
    });
    await collect(model.answer({ ...request, model: name, thinking }, new AbortController().signal));
    const body = server.seen[0]?.body as {
      reasoning_effort?: unknown;
      generationConfig?: { thinkingConfig?: unknown };
    };
    const sent = provider === 'openai' ? body.reasoning_effort : body.generationConfig?.thinkingConfig;
    if (typeof told === 'object') expect(sent).toMatchObject(told);
    else expect(sent).toBe(told);
  });
});

describe('the embedded language model', () => {
  const model = new LocalModel();
  const ask = async (more: Partial<ModelRequest>) =>
    collect(model.answer({ ...request, ...more }, new AbortController().signal));

  it('says what it is and quotes the knowledge entries, word by word', async () => {
    const parts = await ask({});
    expect(textOf(parts)).toMatch(/offline model.*knowledge entries[^]*“Answers”: It is 42\./);
    expect(parts.length).toBeGreaterThan(10);
  });

  it('admits that it knows nothing', async () => {
    const text = textOf(await ask({ knowledge: [] }));
    expect(text).toContain('nothing about your question');
  });

  it('ends with an abort', async () => {
    const aborting = new AbortController();
    aborting.abort(new Error('enough'));
    await expect(collect(model.answer(request, aborting.signal))).rejects.toThrow('enough');
  });
});
