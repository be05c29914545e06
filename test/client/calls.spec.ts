import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createClient,
  VelroConnectionError,
  VelroError,
  VelroResponseError,
  type ClientOptions,
} from '../../client/src/index.js';
import {
  ClientServer,
  hang,
  html,
  inTurn,
  json,
  problem,
  reset,
  type Behaviour,
} from '../support/client/client-server.js';
import { until } from '../support/process/wait-until.js';

const mePath = '/api/v1/auth/me';
const generations = '/api/v1/generations';
const order = { model_id: 'velro/canvas', prompt: 'fog' };
const accepted = json(202, { id: 'g-1', status: 'queued' });
const soon = { 'retry-after': '0' };

describe('a call of the client', () => {
  let server: ClientServer;
  beforeEach(async () => {
    server = await ClientServer.start();
  });
  afterEach(async () => {
    await server.stop();
  });
  const clientOf = (options: Partial<ClientOptions> = {}) =>
    createClient({ baseUrl: server.url, ...options });
  const failing = async (behaviour: Behaviour, options?: Partial<ClientOptions>): Promise<unknown> => {
    server.on(mePath, behaviour);
    return clientOf(options)
      .GET(mePath)
      .then(
        () => {
          throw new Error('the call succeeded');
        },
        (error: unknown) => error,
      );
  };

  it('fills in path and query, sends JSON, and gives the parsed body and the response', async () => {
    server.on('/api/v1/projects/a%2Fb', json(200, { id: 'a/b' }, { etag: '"1"' }));
    const { data, response } = await clientOf({ baseUrl: `${server.url}/` }).PUT('/api/v1/projects/{id}', {
      params: { path: { id: 'a/b' } },
      body: { name: 'new' },
    });
    expect(data.id).toBe('a/b');
    expect(response.headers.get('etag')).toBe('"1"');
    const [request] = server.received;
    expect([request?.method, request?.body.toString()]).toEqual(['PUT', '{"name":"new"}']);
    expect(request?.headers['content-type']).toBe('application/json');
    expect(request?.headers.cookie).toBeUndefined();
  });

  it('gives undefined for an answer without a body', async () => {
    server.on('/api/v1/projects/1', (response) => response.writeHead(204).end());
    const { data } = await clientOf().DELETE('/api/v1/projects/{id}', { params: { path: { id: '1' } } });
    expect(data).toBeUndefined();
  });

  it('rejects with the fields of the problem document', async () => {
    const error = await failing(
      json(
        422,
        {
          code: 'validation_failed',
          title: 'T',
          detail: 'D',
          errors: [{ field: 'a', code: 'b', message: 'c' }],
        },
        { 'content-type': 'application/problem+json; charset=utf-8', 'x-request-id': 'r-9' },
      ),
    );
    expect(error).toBeInstanceOf(VelroError);
    expect(error).toMatchObject({
      status: 422,
      code: 'validation_failed',
      title: 'T',
      message: 'D',
      requestId: 'r-9',
      errors: [{ field: 'a', code: 'b', message: 'c' }],
      retryAt: null,
    });
  });

  const raw =
    (status: number, type: string, text: string): Behaviour =>
    (response) => {
      response.writeHead(status, { 'content-type': type }).end(text);
    };
  it.each<[string, Behaviour, number]>([
    ['a 502 page of a proxy', html(502), 502],
    ['a login page with status 200', html(200), 200],
    ['JSON that ends early', raw(200, 'application/json', '{"id":'), 200],
    ['a problem document that is none', raw(500, 'application/problem+json', 'null'), 500],
    ['a problem document without a code', raw(500, 'application/problem+json', '{"title":"x"}'), 500],
    ['an error in plain JSON', raw(404, 'application/json', '{"error":"no such service"}'), 404],
  ])('rejects %s as an answer of somebody else', async (_title, behaviour, status) => {
    const error = await failing(behaviour);
    expect(error).toBeInstanceOf(VelroResponseError);
    expect(error).toMatchObject({ status });
    expect(server.received).toHaveLength(1);
  });

  it('keeps no more than 2,000 characters of a foreign answer', async () => {
    server.on('/health', raw(502, 'text/html', 'x'.repeat(5000)));
    const called = clientOf().GET('/health');
    await expect(called).rejects.toMatchObject({ text: 'x'.repeat(2000) });
  });

  it.each<[string, Behaviour]>([
    ['that is reset', reset],
    ['that is reset in the middle of the body', cutBody(200, 'application/json')],
    ['that is reset in the middle of an error', cutBody(500, 'application/problem+json')],
    [
      'that speaks no HTTP',
      (response) => {
        response.socket?.end('garbage\r\n\r\n');
      },
    ],
  ])('rejects for a connection %s, once', async (_title, behaviour) => {
    expect(await failing(behaviour)).toBeInstanceOf(VelroConnectionError);
    expect(server.received).toHaveLength(1);
  });

  it('rejects where nothing listens', async () => {
    const gone = await ClientServer.start();
    const baseUrl = gone.url;
    await gone.stop();
    await expect(clientOf({ baseUrl }).GET(mePath)).rejects.toBeInstanceOf(VelroConnectionError);
  });

  it.each<[string, Behaviour]>([
    ['never comes', hang],
    [
      'stops in its body',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    ],
    [
      'stops in the body of an error',
      (response) => response.writeHead(500, { 'content-type': 'application/problem+json' }).write('{'),
    ],
  ])('rejects after the time limit when the answer %s', async (_title, behaviour) => {
    const error = await failing(behaviour, { timeoutMs: 500 });
    expect(error).toBeInstanceOf(VelroConnectionError);
    expect((error as Error).cause).toMatchObject({ name: 'TimeoutError' });
    // On a busy machine the time may be over before the server has heard of it.
    await until(() => server.abandoned === server.received.length, 'the end of the connection');
  });

  it.each<[string, Behaviour]>([
    ['is not answered', hang],
    ['waits for its repeat', problem(503, 'unavailable', { 'retry-after': '30' })],
    [
      'is half answered',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    ],
  ])('ends with the reason of its signal while it %s', async (_title, behaviour) => {
    const controller = new AbortController();
    server.on(mePath, behaviour);
    const call = clientOf().GET(mePath, { signal: controller.signal });
    await until(() => server.received.length === 1, 'the request');
    controller.abort(new Error('left the page'));
    await expect(call).rejects.toThrow('left the page');
    expect(server.received).toHaveLength(1);
  });

  it('is not sent when its signal was aborted before', async () => {
    await expect(clientOf().GET(mePath, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(server.received).toHaveLength(0);
  });

  it.each([
    ['503 with seconds', problem(503, 'unavailable', soon)],
    ['429 with seconds', problem(429, 'busy', soon)],
    ['503 with a date', problem(503, 'unavailable', { 'retry-after': new Date(0).toUTCString() })],
    ['503 of a proxy', html(503, soon)],
  ])('is repeated after %s', async (_title, behaviour) => {
    server.on(mePath, inTurn(behaviour, behaviour, json(200, { id: '1' })));
    expect((await clientOf().GET(mePath)).data).toEqual({ id: '1' });
    expect(server.received).toHaveLength(3);
  });

  it('waits as long as Retry-After says', async () => {
    server.on(mePath, inTurn(problem(503, 'unavailable', { 'retry-after': '1' }), json(200, { id: '1' })));
    const start = performance.now();
    await clientOf().GET(mePath);
    expect(performance.now() - start).toBeGreaterThan(950);
  });

  it('is repeated twice at most', async () => {
    expect(await failing(problem(503, 'unavailable', soon))).toMatchObject({ status: 503 });
    expect(server.received).toHaveLength(3);
  });

  it.each<[string, number, Record<string, string>]>([
    ['without Retry-After', 503, {}],
    ['with one that is no time', 503, { 'retry-after': 'soon' }],
    ['with x-should-retry: false', 429, { ...soon, 'x-should-retry': 'false' }],
    ['of another status', 500, soon],
    ['for a blocked address', 403, soon],
  ])('is not repeated after a refusal %s', async (_title, status, headers) => {
    expect(await failing(problem(status, 'unavailable', headers))).toMatchObject({ status });
    expect(server.received).toHaveLength(1);
  });

  it.each([
    ['seconds', () => '3000'],
    ['a date', () => new Date(Date.now() + 3_000_000).toUTCString()],
  ])(
    'is not repeated after a long Retry-After in %s, and the error says when it may be',
    async (_title, header) => {
      const error = await failing(problem(429, 'rate_limit_exceeded', { 'retry-after': header() }));
      const { retryAt } = error as VelroError;
      expect(retryAt).toBeInstanceOf(Date);
      expect(Math.abs(Number(retryAt) - Date.now() - 3_000_000)).toBeLessThan(60_000);
      expect(server.received).toHaveLength(1);
    },
  );

  it('that changes something is not repeated: a proxy may have passed it on', async () => {
    server.on('/api/v1/projects', problem(503, 'unavailable', soon));
    await expect(clientOf().POST('/api/v1/projects', { body: { name: 'x' } })).rejects.toMatchObject({
      status: 503,
    });
    expect(server.received).toHaveLength(1);
  });

  it('that orders a generation has an idempotency key, and keeps it when it is repeated', async () => {
    server.on(generations, inTurn(problem(503, 'unavailable', soon), problem(429, 'busy', soon), accepted));
    const client = clientOf();
    await client.POST(generations, { body: order });
    await client.POST(generations, { body: order });
    const [first, ...others] = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(others.slice(0, 2)).toEqual([first, first]);
    expect(others[2]).not.toBe(first);
    expect(server.received.map(({ body }) => body.toString())).toEqual(Array(4).fill(JSON.stringify(order)));
  });

  it('that orders a generation again has one too, and a key of the caller is kept', async () => {
    server.on('/api/v1/generations/g-1/retry', accepted);
    const client = clientOf();
    const path = { id: 'g-1' };
    await client.POST('/api/v1/generations/{id}/retry', { params: { path } });
    await client.POST('/api/v1/generations/{id}/retry', {
      params: { path, header: { 'Idempotency-Key': 'mine' } },
    });
    const keys = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), 'mine']);
  });

  it.each([
    ['GET', generations],
    ['POST', '/api/v1/projects'],
  ] as const)('%s %s has no idempotency key', async (method, path) => {
    server.on(path, json(200, {}));
    const client = clientOf();
    await (method === 'GET' ? client.GET(path) : client.POST(path, { body: { name: 'x' } }));
    expect(server.received[0]?.headers['idempotency-key']).toBeUndefined();
  });
});

function cutBody(status: number, type: string): Behaviour {
  return (response) => {
    response.writeHead(status, { 'content-type': type, 'content-length': '100' }).write('{"half":', () => {
      response.socket?.resetAndDestroy();
    });
  };
}
