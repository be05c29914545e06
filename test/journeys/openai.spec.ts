import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOpenAI } from '@ai-sdk/openai';
import { generateImage, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import OpenAI, { APIError } from 'openai';
import { modelIdleMs } from '../../config/policy/assistants/models.js';
import { KeyOwner } from '../support/accounts/api-keys.js';
import { ask } from '../support/database/database.js';
import { ModelServer } from '../support/models/model-server.js';
import { patient } from '../support/process/policy.js';
import { Service } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const model = 'gpt-4.1-mini';
const answer = 'The answer is 42.';
const weather = {
  name: 'weather',
  description: 'The weather of a place',
  parameters: {
    type: 'object' as const,
    properties: { place: { type: 'string' as const } },
    required: ['place'],
  },
};
const weatherCall = { id: 'call_1', name: 'weather', input: ['{"place":', '"Hameln"}'] };

/** The items of an answer that ask for tools, as they are sent back. */
const functionCallsOf = ({ output }: OpenAI.Responses.Response) =>
  output.filter((item) => item.type === 'function_call');

describe('clients of OpenAI', () => {
  let models: ModelServer;
  let service: Service;
  let owner: KeyOwner;
  let key: { id: string; text: string };
  let openai: OpenAI;
  beforeAll(async () => {
    models = await ModelServer.start();
    service = await Service.start({
      AI_PROVIDER: 'openai',
      OPENAI_API_KEY: 'key-of-the-provider',
      OPENAI_BASE_URL: models.url,
      OPENAI_DOOR_TIMEOUT_MS: '20000',
      ...patient,
      CHAT_RATE_LIMIT: '10000/minute',
      RATE_LIMIT_API_STANDARD: '100000/minute',
      RATE_LIMIT_GENERATION_CREATE: '10000/minute',
      AI_MAX_CALLS_PER_MIN_OTHER: '100000',
      DEFAULT_USER_CREDITS: '100',
    });
    owner = await KeyOwner.signUp(service, []);
    key = await owner.key({ scopes: ['openai'] });
    openai = clientOf(key.text);
  });
  afterAll(async () => {
    await service.discard();
    await models.stop();
  });
  beforeEach(() => {
    models.reset();
  });

  const clientOf = (apiKey: string, more: object = {}): OpenAI =>
    new OpenAI({ apiKey, baseURL: `${service.url}/api/v1/openai`, maxRetries: 0, ...more });
  const hello = { model, messages: [{ role: 'user' as const, content: 'What is the answer?' }] };
  const post = (path: string, body: unknown, more: object = {}) =>
    owner.account.visitor.call(`/api/v1/openai${path}`, { token: key.text, body, ...more });
  /** What the provider was sent last. */
  const sent = () => models.seen.at(-1)?.body as Record<string, unknown>;
  const settled = async (): Promise<{ outcome: string; purpose: string }[]> => {
    let rows: { outcome: string; purpose: string }[] = [];
    await until(async () => {
      rows = await ask(
        service.home,
        "select coalesce(outcome, '') as outcome, purpose from velro.ai_calls where key_id = $1 order by id desc",
        [key.id],
      );
      return rows.every(({ outcome }) => outcome !== '');
    }, 'the calls are settled');
    return rows;
  };
  const errorOf = async (work: Promise<unknown>): Promise<APIError> => {
    const error: unknown = await work.then(
      () => null,
      (cause: unknown) => cause,
    );
    if (error instanceof APIError) return error;
    throw new Error(`no error of the API: ${String(error)}`);
  };
  const generations = async (): Promise<number> => {
    const [row] = await ask<{ count: number }>(
      service.home,
      'select count(*)::int from velro.generations where user_id = $1',
      [owner.account.id],
    );
    return row?.count ?? -1;
  };

  describe('the official client', () => {
    it('lists the models of language and of pictures, and finds one', async () => {
      const ids: string[] = [];
      for await (const { id } of openai.models.list()) ids.push(id);
      expect(ids).toEqual([model, 'velro/canvas']);
      expect(await openai.models.retrieve('velro/canvas')).toEqual({
        id: 'velro/canvas',
        object: 'model',
        created: 0,
        owned_by: 'velro',
      });
      expect((await errorOf(openai.models.retrieve('gpt-unknown'))).status).toBe(404);
    });

    it('completes a chat, and the provider gets what was asked', async () => {
      const completion = await openai.chat.completions.create({
        model,
        messages: [
          { role: 'developer', content: 'Be brief.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is ' },
              { type: 'text', text: 'the answer?' },
            ],
          },
          { role: 'assistant', content: 'To what?' },
          { role: 'user', content: 'To everything.' },
        ],
        temperature: 0.5,
        top_p: 0.9,
        max_completion_tokens: 77,
        stop: ['END'],
        presence_penalty: 0.1,
        frequency_penalty: 0.2,
        safety_identifier: 'somebody',
      });
      expect(completion).toMatchObject({
        object: 'chat.completion',
        model,
        choices: [{ index: 0, message: { role: 'assistant', content: answer }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 12, completion_tokens: 6, total_tokens: 18 },
      });
      expect(completion.id).toMatch(/^chatcmpl-[0-9a-f]{32}$/);
      expect(sent()).toMatchObject({
        model,
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'What is the answer?' },
          { role: 'assistant', content: 'To what?' },
          { role: 'user', content: 'To everything.' },
        ],
        temperature: 0.5,
        top_p: 0.9,
        max_tokens: 77,
        stop: ['END'],
        presence_penalty: 0.1,
        frequency_penalty: 0.2,
      });
      expect(JSON.stringify(sent())).not.toContain('somebody');
      expect((await settled())[0]).toMatchObject({ outcome: 'answered', purpose: 'openai' });
    });

    it('is answered over a new connection to the provider, once the last one was idle for as long as that may keep it', async () => {
      await openai.chat.completions.create(hello);
      await sleep(modelIdleMs);
      const before = models.connections;
      await openai.chat.completions.create(hello);
      expect(models.connections).toBe(before + 1);
    });

    it('streams a chat, with the usage in a last chunk without choices', async () => {
      const chunks = [];
      const stream = await openai.chat.completions.create({
        ...hello,
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const chunk of stream) chunks.push(chunk);
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(answer);
      expect(chunks.map(({ choices }) => choices[0]?.finish_reason ?? null).filter(Boolean)).toEqual([
        'stop',
      ]);
      expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual(chunks.slice(0, -1).map(() => null));
      expect(chunks.at(-1)).toMatchObject({
        choices: [],
        usage: { prompt_tokens: 12, completion_tokens: 6 },
      });
      expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    });

    it('streams no usage that it did not ask for', async () => {
      const stream = await openai.chat.completions.create({ ...hello, stream: true });
      for await (const chunk of stream) expect(chunk).not.toHaveProperty('usage');
    });

    it('is asked to run its tools, and its results go back to the model', async () => {
      models.tools = [weatherCall, { id: 'call_2', name: 'weather', input: ['{"place":"Bonn"}'] }];
      const tools = [{ type: 'function' as const, function: weather }];
      const asked = await openai.chat.completions.create({
        ...hello,
        tools,
        tool_choice: 'required',
        parallel_tool_calls: true,
      });
      const [choice] = asked.choices;
      expect(choice).toMatchObject({
        finish_reason: 'tool_calls',
        message: {
          content: null,
          tool_calls: [
            {
              id: 'call_1',
              type: 'function',
              function: { name: 'weather', arguments: '{"place":"Hameln"}' },
            },
            { id: 'call_2', type: 'function', function: { name: 'weather', arguments: '{"place":"Bonn"}' } },
          ],
        },
      });
      expect(sent()).toMatchObject({
        tools: [{ type: 'function', function: weather }],
        tool_choice: 'required',
        parallel_tool_calls: true,
      });
      if (choice === undefined) throw new Error('no choice');
      const last = await openai.chat.completions.create({
        model,
        tools,
        messages: [
          ...hello.messages,
          choice.message,
          { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
          { role: 'tool', tool_call_id: 'call_2', content: 'sun' },
        ],
      });
      expect(last.choices[0]?.message.content).toBe(answer);
      expect(sent()['messages']).toMatchObject([
        { role: 'user' },
        { role: 'assistant', tool_calls: [{ id: 'call_1' }, { id: 'call_2' }] },
        { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
        { role: 'tool', tool_call_id: 'call_2', content: 'sun' },
      ]);
    });

    it('streams the calls of its tools in their pieces', async () => {
      models.tools = [weatherCall];
      const runner = openai.chat.completions.stream({
        ...hello,
        tools: [{ type: 'function', function: weather }],
      });
      const { choices } = await runner.finalChatCompletion();
      expect(choices[0]).toMatchObject({
        finish_reason: 'tool_calls',
        message: {
          tool_calls: [{ id: 'call_1', function: { name: 'weather', arguments: '{"place":"Hameln"}' } }],
        },
      });
    });

    it('can send back whatever a model called, with input or without', async () => {
      models.tools = [
        { id: 'call\0\ud800', name: 'get weather', input: [] },
        { id: 'call_2', name: 'weather', input: ['{"a":"\ud83d', '\ude00"}'] },
      ];
      const tools = [{ type: 'function' as const, function: weather }];
      const { choices } = await openai.chat.completions.create({ ...hello, tools });
      const called = choices[0]?.message.tool_calls ?? [];
      expect(called).toMatchObject([
        { id: 'call__', function: { name: 'get_weather', arguments: '{}' } },
        { id: 'call_2', function: { name: 'weather', arguments: '{"a":"😀"}' } },
      ]);
      const results = called.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'rain' }));
      const last = await openai.chat.completions.create({
        model,
        tools,
        messages: [...hello.messages, { role: 'assistant', content: null, tool_calls: called }, ...results],
      });
      expect(last.choices[0]?.message.content).toBe(answer);
    });

    it('gets answers in JSON of its schema', async () => {
      models.pieces = ['{"n":', '42}'];
      const schema = {
        type: 'object',
        properties: { n: { type: 'number' } },
        required: ['n'],
        additionalProperties: false,
      };
      const { choices } = await openai.chat.completions.create({
        ...hello,
        response_format: { type: 'json_schema', json_schema: { name: 'number', schema, strict: true } },
      });
      expect(choices[0]?.message.content).toBe('{"n":42}');
      expect(sent()['response_format']).toMatchObject({
        type: 'json_schema',
        json_schema: { name: 'number', schema },
      });
    });

    it('may send null for whatever it leaves out', async () => {
      const nulls = (names: readonly string[]): object =>
        Object.fromEntries(names.map((name) => [name, null]));
      const chat = await post('/chat/completions', {
        ...hello,
        ...nulls([
          'stream',
          'stream_options',
          'temperature',
          'stop',
          'tools',
          'tool_choice',
          'response_format',
        ]),
        ...nulls(['reasoning_effort', 'n', 'store', 'logprobs', 'max_tokens', 'seed', 'user', 'metadata']),
      });
      const response = await post('/responses', {
        model,
        input: 'x',
        ...nulls(['instructions', 'stream', 'store', 'reasoning', 'text', 'tools', 'tool_choice', 'include']),
      });
      const picture = await post('/images/generations', {
        prompt: 'fog over a lake',
        response_format: 'url',
        ...nulls(['model', 'n', 'size', 'quality', 'user']),
      });
      expect([chat.status, response.status, picture.status]).toEqual([200, 200, 200]);
    });

    it('creates a response, whole and as a stream', async () => {
      const response = await openai.responses.create({
        model,
        input: 'What is the answer?',
        instructions: 'Be brief.',
        store: false,
      });
      expect(response.output_text).toBe(answer);
      expect(response).toMatchObject({
        object: 'response',
        status: 'completed',
        store: false,
        usage: {
          input_tokens: 12,
          output_tokens: 6,
          total_tokens: 18,
          output_tokens_details: { reasoning_tokens: 1 },
        },
      });
      expect(sent()['messages']).toMatchObject([
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'What is the answer?' },
      ]);
      const types: string[] = [];
      const numbers: number[] = [];
      let text = '';
      const stream = await openai.responses.create({ model, input: 'Again.', stream: true, store: false });
      for await (const event of stream) {
        types.push(event.type);
        numbers.push(event.sequence_number);
        if (event.type === 'response.output_text.delta') text += event.delta;
        if (event.type === 'response.completed')
          expect(event.response.output).toMatchObject([{ content: [{ text: answer }] }]);
      }
      expect(text).toBe(answer);
      expect(numbers).toEqual(numbers.map((_, at) => at));
      expect(types.filter((type) => type !== 'response.output_text.delta')).toEqual([
        'response.created',
        'response.in_progress',
        'response.output_item.added',
        'response.content_part.added',
        'response.output_text.done',
        'response.content_part.done',
        'response.output_item.done',
        'response.completed',
      ]);
    });

    it('runs its tools by responses, whose items go back whole', async () => {
      models.tools = [weatherCall];
      const tools = [{ type: 'function' as const, ...weather, strict: false }];
      const input = [{ role: 'user' as const, content: 'And in Hameln?' }];
      const first = await openai.responses.create({ model, input, tools, store: false });
      const [call] = first.output;
      expect(call).toMatchObject({
        type: 'function_call',
        call_id: 'call_1',
        name: 'weather',
        arguments: '{"place":"Hameln"}',
      });
      const second = await openai.responses.create({
        model,
        store: false,
        tools,
        input: [
          ...input,
          ...functionCallsOf(first),
          { type: 'function_call_output', call_id: 'call_1', output: 'rain' },
        ],
      });
      expect(second.output_text).toBe(answer);
      expect(sent()['messages']).toMatchObject([
        { role: 'user' },
        { role: 'assistant', tool_calls: [{ id: 'call_1', function: { name: 'weather' } }] },
        { role: 'tool', content: 'rain' },
      ]);
      models.tools = [weatherCall];
      const stream = openai.responses.stream({ model, input, tools, store: false });
      expect((await stream.finalResponse()).output).toMatchObject([
        { type: 'function_call', status: 'completed', arguments: '{"place":"Hameln"}' },
      ]);
    });
  });

  describe('the AI SDK', () => {
    const provider = () => createOpenAI({ apiKey: key.text, baseURL: `${service.url}/api/v1/openai` });
    const tools = {
      weather: tool({
        description: weather.description,
        inputSchema: jsonSchema<{ place: string }>(weather.parameters),
        execute: ({ place }) => Promise.resolve(`rain in ${place}`),
      }),
    };

    it.each([
      ['chat completions', () => provider().chat(model)],
      ['responses', () => provider()(model)],
    ])('answers, streams and runs tools by %s', async (_form, of) => {
      const options = { model: of(), maxRetries: 0, providerOptions: { openai: { store: false } } };
      expect((await generateText({ ...options, prompt: 'What is the answer?' })).text).toBe(answer);
      const streamed = streamText({ ...options, prompt: 'What is the answer?' });
      let text = '';
      for await (const piece of streamed.textStream) text += piece;
      expect([text, (await streamed.usage).inputTokens]).toEqual([answer, 12]);
      for (const run of ['whole', 'stream']) {
        models.tools = [weatherCall];
        const asked = {
          ...options,
          tools,
          stopWhen: stepCountIs(3),
          prompt: 'What is the weather in Hameln?',
        };
        const result = run === 'whole' ? await generateText(asked) : streamText(asked);
        expect(await result.text).toBe(answer);
        expect((await result.steps).flatMap((step) => step.toolResults.map(({ output }) => output))).toEqual([
          'rain in Hameln',
        ]);
      }
    });

    it('goes on with a conversation that it sends whole, and says how where it refers to what is not kept', async () => {
      const settings = { model: provider()(model), maxRetries: 0 };
      const question = { role: 'user' as const, content: 'What is the answer?' };
      const first = await generateText({ ...settings, messages: [question] });
      const messages = [question, ...first.finalStep.response.messages, question];
      const failed = await generateText({ ...settings, messages }).then(
        () => 'answered',
        (error: unknown) => String(error),
      );
      expect(failed).toContain('providerOptions.openai.store = false');
      const kept = { openai: { store: false } };
      const second = await generateText({ ...settings, messages, providerOptions: kept });
      expect(second.text).toBe(answer);
      expect(sent()['messages']).toMatchObject([
        { role: 'user' },
        { role: 'assistant', content: answer },
        { role: 'user' },
      ]);
    });

    it('generates a picture', async () => {
      const { image } = await generateImage({
        model: provider().image('velro/canvas'),
        prompt: 'a red sun over the sea',
        size: '256x256',
        maxRetries: 0,
      });
      expect([image.mediaType, image.uint8Array.byteLength > 1000]).toEqual(['image/png', true]);
    });
  });

  describe('pictures', () => {
    const draw = (prompt: string, more: object = {}) =>
      openai.images.generate({ model: 'velro/canvas', prompt, size: '256x256', ...more });

    it('come as base64, or as a signed link', async () => {
      const { data: [encoded] = [] } = await draw('a blue lake');
      expect(
        Buffer.from(encoded?.b64_json ?? '', 'base64')
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
      const { data: [linked] = [] } = await draw('a blue lake', { response_format: 'url' });
      const file = await fetch(linked?.url ?? '');
      expect([file.status, file.headers.get('content-type')]).toEqual([200, 'image/png']);
    });

    it('are two for two equal fresh calls, and one for a call and its repetition', async () => {
      const before = await generations();
      const body = {
        model: 'velro/canvas',
        prompt: `a green hill ${randomUUID()}`,
        size: '256x256',
        response_format: 'url',
      };
      // One behind the other: the second finds what the first has left.
      const names = [await post('/images/generations', body), await post('/images/generations', body)];
      expect(names.map(({ status }) => status)).toEqual([200, 200]);
      expect(await generations()).toBe(before + 2);
      const again = await post('/images/generations', body, { headers: { 'x-stainless-retry-count': '1' } });
      const twice = await post('/images/generations', body, { headers: { 'x-stainless-retry-count': '2' } });
      expect([again.status, twice.status, await generations()]).toEqual([200, 200, before + 2]);
      const other = { ...body, prompt: 'another hill' };
      await post('/images/generations', other, { headers: { 'x-stainless-retry-count': '1' } });
      expect(await generations()).toBe(before + 3);
    });

    it('find a picture each where equal calls at once are repeated at once', async () => {
      const before = await generations();
      const body = {
        model: 'velro/canvas',
        prompt: `a bridge ${randomUUID()}`,
        size: '256x256',
        response_format: 'url',
      };
      const four = (repetition: number) =>
        Promise.all(
          Array.from({ length: 4 }, () =>
            post('/images/generations', body, { headers: { 'x-stainless-retry-count': String(repetition) } }),
          ),
        );
      for (const repetition of [0, 1, 2]) {
        const links = (await four(repetition)).map(({ json }) => String(json.data[0].url).split('?')[0]);
        expect([new Set(links).size, await generations()]).toEqual([4, before + 4]);
      }
    });

    it('are made and paid once where the client goes away and comes back', async () => {
      const before = await generations();
      const body = { model: 'velro/canvas', prompt: `a tower ${randomUUID()}`, size: '1536x1536' };
      const leaving = new AbortController();
      const left = fetch(`${service.url}/api/v1/openai/images/generations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key.text}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: leaving.signal,
      }).catch(() => null);
      await until(async () => (await generations()) === before + 1, 'the order');
      leaving.abort();
      await left;
      const joined = await post('/images/generations', body, { headers: { 'x-stainless-retry-count': '1' } });
      expect([joined.status, await generations()]).toEqual([200, before + 1]);
      expect(joined.json.data[0].b64_json.length).toBeGreaterThan(1000);
    });
  });
});
