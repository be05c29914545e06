import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createClient,
  memoryStore,
  VelroConnectionError,
  VelroError,
  VelroResponseError,
  webStore,
  type ClientOptions,
} from '../../client/src/index.js';
import { html, inTurn, json, problem, reset } from '../support/client/client-server.js';
import { SharedStorage, TabLocks } from '../support/client/tabs.js';
import { mePath, refreshPath, TokenServer, user } from '../support/client/token-server.js';

describe('the session of the client', () => {
  let tokens: TokenServer;
  const ended: unknown[] = [];
  beforeEach(async () => {
    tokens = await TokenServer.start();
    ended.length = 0;
  });
  afterEach(async () => {
    await tokens.server.stop();
  });

  const stored = (expiresInMs = 900_000) => {
    const { access_token, refresh_token } = tokens.pair();
    return { access_token, refresh_token, expires_at: Date.now() + expiresInMs, device_token: 'device-1' };
  };
  const clientOf = (options: Partial<ClientOptions> = {}) =>
    createClient({
      baseUrl: tokens.server.url,
      store: memoryStore(stored()),
      onSignedOut: (cause) => ended.push(cause),
      ...options,
    });

  it('renews once for twenty parallel requests, and repeats each once', async () => {
    tokens.expire();
    const client = clientOf();
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.GET(mePath)));
    expect(answers.map(({ data }) => data.id)).toEqual(Array(20).fill(user.id));
    expect(tokens.refreshes).toBe(1);
    expect(tokens.server.of(mePath)).toHaveLength(40);
    expect(ended).toEqual([]);
  });

  it('renews once for two clients of one process that share a store', async () => {
    tokens.expire();
    const store = memoryStore(stored());
    await Promise.all([clientOf({ store }).GET(mePath), clientOf({ store }).GET(mePath)]);
    expect(tokens.refreshes).toBe(1);
  });

  it('renews once for two tabs that share a storage and its lock', async () => {
    const storage = new SharedStorage();
    await webStore(storage).write(stored());
    tokens.expire();
    const locks = new TabLocks();
    const tabs = [1, 2].map(() => clientOf({ store: webStore(storage), locks }));
    const answers = await Promise.all(
      tabs.flatMap((tab) => [tab.GET(mePath), tab.GET(mePath), tab.GET(mePath)]),
    );
    expect(answers).toHaveLength(6);
    expect(tokens.refreshes).toBe(1);
    expect(locks.granted).toEqual(['velro:velro', 'velro:velro']);
    expect(webStore(storage).read()).toMatchObject({ access_token: 'access-2', refresh_token: 'refresh-2' });
  });

  it('renews before a request whose token has expired by the clock, which is then sent once', async () => {
    await clientOf({ store: memoryStore(stored(-1)) }).GET(mePath);
    expect(tokens.server.received.map(({ path }) => path)).toEqual([refreshPath, mePath]);
  });

  it('repeats a refused request once, never in a loop, and stays signed in', async () => {
    tokens.server.on(mePath, problem(401, 'token_invalid'));
    await expect(clientOf().GET(mePath)).rejects.toMatchObject({ status: 401, code: 'token_invalid' });
    expect(tokens.server.of(mePath)).toHaveLength(2);
    expect(tokens.refreshes).toBe(1);
    expect(ended).toEqual([]);
  });

  it.each(['step_up_required', 'token_missing'])('does not renew after %s', async (code) => {
    tokens.server.on(mePath, problem(401, code));
    await expect(clientOf().GET(mePath)).rejects.toMatchObject({ code });
    expect(tokens.refreshes).toBe(0);
  });

  it('signs out when the service refuses the refresh token: once for all, and the device stays known', async () => {
    tokens.expire();
    tokens.server.on(refreshPath, problem(401, 'refresh_token_invalid'));
    const store = memoryStore(stored());
    const client = clientOf({ store });
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => client.GET(mePath)));
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'refresh_token_invalid' } });
    expect(ended).toEqual([expect.any(VelroError)]);
    expect(store.read()).toEqual({ device_token: 'device-1' });
    expect(tokens.refreshes).toBe(1);
  });

  it.each([
    ['503', problem(503, 'unavailable'), VelroError],
    ['429', problem(429, 'rate_limit_exceeded', { 'retry-after': '3000' }), VelroError],
    ['403 for its address', problem(403, 'address_blocked'), VelroError],
    ["a proxy's 401", html(401), VelroResponseError],
    ['a page with status 200', html(200), VelroResponseError],
    ['a pair without tokens', json(200, { token_type: 'Bearer' }), VelroResponseError],
    ['a broken connection, twice', reset, VelroConnectionError],
  ])('stays signed in when the renewal fails by %s', async (_title, behaviour, kind) => {
    tokens.expire();
    tokens.server.on(refreshPath, behaviour);
    const store = memoryStore(stored());
    await expect(clientOf({ store }).GET(mePath)).rejects.toBeInstanceOf(kind);
    expect(store.read()).toMatchObject({ access_token: 'access-1', refresh_token: 'refresh-1' });
    expect(ended).toEqual([]);
    tokens.server.on(refreshPath, tokens.refreshing);
    expect((await clientOf({ store }).GET(mePath)).data.id).toBe(user.id);
  });

  it('asks again with the same token when the answer is lost after the service has rotated', async () => {
    tokens.expire();
    tokens.server.on(
      refreshPath,
      inTurn((response, ...rest) => {
        response.writeHead = () => response;
        response.end = (() => response.socket?.resetAndDestroy()) as never;
        tokens.refreshing(response, ...rest);
      }, tokens.refreshing),
    );
    expect((await clientOf().GET(mePath)).data.id).toBe(user.id);
    const sent = tokens.server.of(refreshPath).map(({ body }) => body.toString());
    expect(sent).toEqual(Array(2).fill('{"refresh_token":"refresh-1"}'));
    expect(ended).toEqual([]);
  });

  it('waits as Retry-After says when the renewal is refused for a moment', async () => {
    tokens.expire();
    tokens.server.on(
      refreshPath,
      inTurn(problem(503, 'unavailable', { 'retry-after': '0' }), tokens.refreshing),
    );
    expect((await clientOf().GET(mePath)).data.id).toBe(user.id);
  });

  it('does not bring a session back that was signed out while it was renewed', async () => {
    tokens.expire();
    const store = memoryStore(stored());
    tokens.server.on(refreshPath, (...call) => {
      void store.write({ device_token: 'device-1' });
      tokens.refreshing(...call);
    });
    tokens.server.on(mePath, problem(401, 'token_invalid'));
    await expect(clientOf({ store }).GET(mePath)).rejects.toMatchObject({ code: 'token_invalid' });
    expect(store.read()).toEqual({ device_token: 'device-1' });
  });

  it('gives up a request that is aborted while the renewal hangs; the renewal goes on for the others', async () => {
    tokens.expire();
    let release = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      tokens.server.on(refreshPath, (...call) => {
        release = () => {
          tokens.refreshing(...call);
        };
        resolve();
      });
    });
    const client = clientOf();
    const controller = new AbortController();
    const aborted = client.GET(mePath, { signal: controller.signal });
    const other = client.GET(mePath);
    await asked;
    controller.abort(new Error('left the page'));
    await expect(aborted).rejects.toThrow('left the page');
    release();
    expect((await other).data.id).toBe(user.id);
  });

  it('keeps the tokens of a sign-in and sends the token of the device with the next one, without a session', async () => {
    const store = memoryStore();
    tokens.server.on('/api/v1/auth/login', json(200, { ...tokens.pair(), device_token: 'device-7' }));
    const client = clientOf({ store });
    const body = { email: user.email, password: 'x' };
    await client.POST('/api/v1/auth/login', { body });
    expect(store.read()).toMatchObject({ access_token: 'access-1', device_token: 'device-7' });
    expect((await client.GET(mePath)).data.id).toBe(user.id);
    await client.POST('/api/v1/auth/login', { body });
    const [first, second] = tokens.server.of('/api/v1/auth/login');
    expect(first?.headers['x-device-token']).toBeUndefined();
    expect(second?.headers['x-device-token']).toBe('device-7');
    expect(second?.headers.authorization).toBeUndefined();
  });

  it('keeps no tokens where a second factor is still asked for', async () => {
    const store = memoryStore();
    tokens.server.on(
      '/api/v1/auth/login',
      json(200, { mfa_required: true, mfa_token: 'm', expires_in: 300 }),
    );
    await clientOf({ store }).POST('/api/v1/auth/login', { body: { email: user.email, password: 'x' } });
    expect(store.read()).toEqual({});
  });

  it('replaces the access token alone after a step-up', async () => {
    const store = memoryStore(stored());
    tokens.server.on('/api/v1/auth/step-up', json(200, { access_token: 'access-fresh', expires_in: 900 }));
    await clientOf({ store }).POST('/api/v1/auth/step-up', { body: { password: 'x' } });
    expect(store.read()).toMatchObject({ access_token: 'access-fresh', refresh_token: 'refresh-1' });
  });

  it.each([
    ['this', [null], undefined],
    ['all', [null], undefined],
    ['others', [], 'access-1'],
  ] as const)('after a sign-out of %s has told the page %j', async (scope, told, left) => {
    const store = memoryStore(stored());
    tokens.server.on('/api/v1/auth/logout', (response) => response.writeHead(204).end());
    await clientOf({ store }).POST('/api/v1/auth/logout', { body: { scope } });
    expect(ended).toEqual(told);
    expect(store.read()).toMatchObject({ device_token: 'device-1' });
    expect((await store.read()).access_token).toBe(left);
  });

  it('leaves credentials alone that the caller brings, and renews nothing for them', async () => {
    const client = clientOf({ headers: { authorization: 'Bearer vk_key' } });
    await expect(client.GET(mePath)).rejects.toMatchObject({ code: 'token_invalid' });
    expect(tokens.server.of(mePath).map(({ headers }) => headers.authorization)).toEqual(['Bearer vk_key']);
    expect(tokens.refreshes).toBe(0);
  });

  it('takes a storage with garbage for signed out', async () => {
    const storage = new SharedStorage();
    for (const text of ['{', 'null', '5', '']) {
      storage.setItem('velro', text);
      await expect(clientOf({ store: webStore(storage) }).GET(mePath)).rejects.toMatchObject({ status: 401 });
    }
    expect(tokens.refreshes).toBe(0);
  });
});
