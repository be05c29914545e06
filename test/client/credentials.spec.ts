import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createClient,
  memoryStore,
  VelroConnectionError,
  VelroResponseError,
  type ClientOptions,
} from '../../client/src/index.js';
import { progressSend } from '../../client/src/uploads/progress-send.js';
import { hang, json, problem, type Behaviour } from '../support/client/client-server.js';
import { mePath, refreshPath, TokenServer, user } from '../support/client/token-server.js';
import { until } from '../support/process/wait-until.js';

const key = { authorization: 'Bearer vk_key' };
const cut: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('{"access_token":"secret-token","refr');
};
const refused: Behaviour = (response) => {
  response.writeHead(502, { 'content-type': 'application/json' }).end('{"access_token":"secret-token"}');
};

describe('what the client sends, keeps and shows of credentials', () => {
  let tokens: TokenServer;
  beforeEach(async () => {
    tokens = await TokenServer.start();
  });
  afterEach(async () => {
    await tokens.server.stop();
  });

  const stored = () => {
    const { access_token, refresh_token } = tokens.pair();
    return { access_token, refresh_token, device_token: 'device-1' };
  };
  const clientOf = (options: Partial<ClientOptions> = {}) =>
    createClient({ baseUrl: tokens.server.url, store: memoryStore(stored()), ...options });

  it.each([
    ['register', { email: user.email, password: 'x' }],
    ['login', { email: user.email, password: 'x' }],
    ['mfa/verify', { mfa_token: 'm', code: '123456' }],
    ['exchange', { supabase_access_token: 's' }],
    ['password-reset', { email: user.email }],
    ['email-resend', { email: user.email }],
  ] as const)('sends the token of the device, and no session, to /auth/%s', async (name, body) => {
    const path = `/api/v1/auth/${name}` as const;
    tokens.server.on(path, json(200, {}));
    await clientOf().POST(path, { body });
    const [request] = tokens.server.received;
    expect(request?.headers['x-device-token']).toBe('device-1');
    expect(request?.headers.authorization).toBeUndefined();
  });

  it('sends an API key, and no session, with a stream', async () => {
    const path = '/api/v1/generations/g-1/events';
    tokens.server.on(path, (response) => response.writeHead(204).end());
    for await (const _ of clientOf({ headers: key }).events('g-1'));
    expect(tokens.server.of(path).map(({ headers }) => headers.authorization)).toEqual([key.authorization]);
  });

  it('puts an id into the path of a stream as one segment', async () => {
    const path = '/api/v1/generations/..%2Fa%3Fb%23c/events';
    tokens.server.on(path, (response) => response.writeHead(204).end());
    for await (const _ of clientOf().events('../a?b#c'));
    expect(tokens.server.received.map((request) => request.path)).toEqual([path]);
  });

  it('neither keeps nor clears tokens after calls with credentials of their own', async () => {
    const store = memoryStore(stored());
    const told: unknown[] = [];
    const client = clientOf({ store, onSignedOut: (cause) => told.push(cause) });
    tokens.server.on('/api/v1/auth/step-up', json(200, { access_token: 'of-the-key', expires_in: 900 }));
    tokens.server.on('/api/v1/auth/logout', (response) => response.writeHead(204).end());
    await client.POST('/api/v1/auth/step-up', { body: { password: 'x' }, headers: key });
    await client.POST('/api/v1/auth/logout', { body: {}, headers: key });
    expect(store.read()).toEqual(stored());
    expect(told).toEqual([]);
  });

  it.each([
    ['a cut answer', cut],
    ['a refusal of somebody else', refused],
  ])('shows no text of %s where tokens may stand', async (_title, behaviour) => {
    for (const path of [refreshPath, '/api/v1/auth/login', '/api/v1/auth/step-up'] as const)
      tokens.server.on(path, behaviour);
    const client = clientOf();
    const settled = await Promise.allSettled([
      client.refresh(),
      client.POST('/api/v1/auth/login', { body: { email: user.email, password: 'x' } }),
      client.POST('/api/v1/auth/step-up', { body: { password: 'x' } }),
    ]);
    const reasons = settled.map((one) => (one.status === 'rejected' ? (one.reason as unknown) : one));
    for (const reason of reasons) expect(reason).toBeInstanceOf(VelroResponseError);
    expect(reasons.map((reason) => (reason as VelroResponseError).text)).toEqual(['', '', '']);
  });

  it('knows when a token expires, to the second, and renews it only then', async () => {
    const store = memoryStore();
    tokens.server.on('/api/v1/auth/login', json(200, tokens.pair()));
    const client = clientOf({ store });
    const before = Date.now();
    await client.POST('/api/v1/auth/login', { body: { email: user.email, password: 'x' } });
    const { expires_at: expiresAt = 0 } = await store.read();
    expect(expiresAt).toBeGreaterThanOrEqual(before + 900_000);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 900_000);
    await client.GET(mePath);
    expect(tokens.refreshes).toBe(0);
  });

  it('gives a renewal up after the time limit, twice, and stays signed in', async () => {
    tokens.server.on(refreshPath, hang);
    const store = memoryStore(stored());
    let attempts = 0;
    const counting: ClientOptions['fetch'] = (url, init) => {
      attempts++;
      return fetch(url, init);
    };
    const refreshed = clientOf({ store, timeoutMs: 50, fetch: counting }).refresh();
    await expect(refreshed).rejects.toBeInstanceOf(VelroConnectionError);
    expect(attempts).toBe(2);
    expect(store.read()).toEqual(stored());
  });

  it.each([
    ['PUT', '/api/v1/projects/{id}'],
    ['PATCH', '/api/v1/auth/me'],
    ['DELETE', '/api/v1/projects/{id}'],
    ['POST', '/api/v1/auth/step-up'],
  ])('does not repeat a %s without an idempotency key', async (method, path) => {
    tokens.server.on(path.replace('{id}', '1'), problem(503, 'unavailable', { 'retry-after': '0' }));
    const client = clientOf() as unknown as Record<string, (path: string, init: object) => Promise<unknown>>;
    const called = client[method]?.(path, { params: { path: { id: '1' } }, body: { name: 'x' } });
    await expect(called).rejects.toMatchObject({ status: 503 });
    expect(tokens.server.received).toHaveLength(1);
  });
});

/** An XMLHttpRequest whose answer never comes. */
class SilentRequest {
  static readonly all: SilentRequest[] = [];
  readonly upload = {};
  isSent = false;
  isAborted = false;
  constructor() {
    SilentRequest.all.push(this);
  }
  readonly open = () => undefined;
  readonly setRequestHeader = () => undefined;
  readonly send = () => {
    this.isSent = true;
  };
  readonly abort = () => {
    this.isAborted = true;
  };
}

describe('an upload where there is XMLHttpRequest', () => {
  beforeEach(() => {
    SilentRequest.all.length = 0;
    Object.assign(globalThis, { XMLHttpRequest: SilentRequest });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'XMLHttpRequest');
  });

  const init = (signal: AbortSignal) => ({ method: 'POST', headers: new Headers(), signal });

  it('ends with the reason of its signal, and breaks its request', async () => {
    const controller = new AbortController();
    const sent = progressSend(() => undefined)?.('http://x/', init(controller.signal));
    await until(() => SilentRequest.all[0]?.isSent === true, 'the request');
    controller.abort(new Error('left the page'));
    await expect(sent).rejects.toThrow('left the page');
    expect(SilentRequest.all.map(({ isAborted }) => isAborted)).toEqual([true]);
  });

  it('is not sent when its signal was aborted before', async () => {
    const sent = progressSend(() => undefined)?.('http://x/', init(AbortSignal.abort()));
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    expect(SilentRequest.all).toEqual([]);
  });

  it('goes through the fetch of the options, with its progress told once', async () => {
    const urls: string[] = [];
    const client = createClient({
      baseUrl: 'http://x',
      fetch: (url) => {
        urls.push(url);
        return Promise.resolve(Response.json({ id: 'g-1' }, { status: 202 }));
      },
    });
    const told: unknown[] = [];
    const image = { model_id: 'm', prompt: 'p', reference_image: new Blob(['123456']) };
    await client.generate(image, { onProgress: (...bytes) => told.push(bytes) });
    expect(urls).toEqual(['http://x/api/v1/generations']);
    expect(told).toEqual([[6, 6]]);
    expect(SilentRequest.all).toEqual([]);
  });
});
