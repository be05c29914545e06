import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createClient,
  memoryStore,
  webStore,
  type ClientOptions,
  type StoredTokens,
  type TokenStore,
} from '../../client/src/index.js';
import { inTurn, json, problem } from '../support/client/client-server.js';
import { SharedStorage, TabLocks } from '../support/client/tabs.js';
import { mePath, refreshPath, TokenServer, user } from '../support/client/token-server.js';

const loginPath = '/api/v1/auth/login';
const logoutPath = '/api/v1/auth/logout';
const stepUpPath = '/api/v1/auth/step-up';
const body = { email: user.email, password: 'x' };
const pairOfB = { access_token: 'access-b', refresh_token: 'refresh-b' };
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Takes 5 ms for each operation. */
function slowStore(tokens: StoredTokens, how: 'in one step' | 'by read and write'): TokenStore {
  let kept = tokens;
  const store: TokenStore = {
    read: async () => {
      const value = kept;
      await pause(5);
      return value;
    },
    write: async (next) => {
      await pause(5);
      kept = next;
    },
  };
  if (how === 'by read and write') return store;
  const update: TokenStore['update'] = async (change) => {
    await pause(5);
    kept = change(kept);
    await pause(5);
    return kept;
  };
  return { ...store, update };
}

describe('a session that changes while it is renewed', () => {
  let tokens: TokenServer;
  const ended: unknown[] = [];
  const start = async () => {
    tokens = await TokenServer.start();
    ended.length = 0;
    tokens.server.on(loginPath, json(200, { ...pairOfB, expires_in: 900, device_token: 'device-2' }));
    tokens.server.on(stepUpPath, json(200, { access_token: 'access-fresh', expires_in: 900 }));
    tokens.server.on(logoutPath, (response) => response.writeHead(204).end());
  };
  beforeEach(start);
  afterEach(async () => {
    await tokens.server.stop();
  });

  const stored = () => {
    const { access_token, refresh_token } = tokens.pair();
    return { access_token, refresh_token, expires_at: Date.now() + 900_000, device_token: 'device-1' };
  };
  const clientOf = (options: Partial<ClientOptions> = {}) =>
    createClient({
      baseUrl: tokens.server.url,
      store: memoryStore(stored()),
      onSignedOut: (cause) => ended.push(cause),
      ...options,
    });
  type TestClient = ReturnType<typeof clientOf>;

  /** Answers a path when it is released. */
  const held = (path: string, then = tokens.refreshing) => {
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      tokens.server.on(path, (...call) => {
        answer = () => {
          then(...call);
        };
        resolve();
      });
    });
    return {
      asked,
      release: () => {
        answer();
      },
    };
  };

  /** `act` comes this many milliseconds after the answer to the refresh, or before it; resolves with what is kept then. */
  const during = async (
    how: Parameters<typeof slowStore>[1],
    act: (client: TestClient) => Promise<unknown>,
    ms: number,
  ) => {
    await tokens.server.stop();
    await start();
    const store = slowStore(stored(), how);
    const locks = new TabLocks();
    const [first, second] = [clientOf({ store, locks }), clientOf({ store, locks })];
    const { asked, release } = held(refreshPath, tokens.refreshing);
    const refreshed = first.refresh().catch(() => undefined);
    await asked;
    const late = pause(Math.max(0, -ms)).then(release);
    await pause(Math.max(0, ms));
    await Promise.all([act(second), late, refreshed]);
    return store.read();
  };
  const offsets = [-20, -15, -10, -5, 0, 3, 6, 9, 12];
  const ways = ['in one step', 'by read and write'] as const;

  it.each(ways)('keeps a sign-in of somebody else, in a store that changes %s', async (how) => {
    for (const ms of offsets) {
      const kept = await during(how, (client) => client.POST(loginPath, { body }), ms);
      expect([ms, kept]).toEqual([ms, expect.objectContaining({ ...pairOfB, device_token: 'device-2' })]);
    }
  });

  it.each(ways)('stays signed out, in a store that changes %s', async (how) => {
    for (const ms of offsets) {
      const kept = await during(how, (client) => client.POST(logoutPath, { body: {} }), ms);
      expect([ms, kept]).toEqual([ms, { device_token: 'device-1' }]);
    }
  });

  it.each(ways)('keeps the token of a step-up with the new pair, in a store that changes %s', async (how) => {
    for (const ms of offsets) {
      const act = (client: TestClient) => client.POST(stepUpPath, { body: { password: 'x' } });
      const kept = await during(how, act, ms);
      const expected = { access_token: 'access-fresh', refresh_token: 'refresh-2' };
      expect([ms, kept]).toEqual([ms, expect.objectContaining(expected)]);
    }
  });

  it('does not mix the answer to a step-up or a sign-out with the session of somebody else', async () => {
    for (const path of [stepUpPath, logoutPath] as const) {
      const store = memoryStore(stored());
      const client = clientOf({ store });
      const then = path === logoutPath ? json(200, {}) : json(200, { access_token: 'of-a', expires_in: 900 });
      const { asked, release } = held(path, then);
      const former =
        path === logoutPath
          ? client.POST(path, { body: {} })
          : client.POST(path, { body: { password: 'x' } });
      await asked;
      await client.POST(loginPath, { body });
      release();
      await former;
      expect(store.read()).toMatchObject(pairOfB);
    }
    expect(ended).toEqual([]);
  });

  it('does not repeat a call in the name of somebody else who has signed in meanwhile', async () => {
    tokens.expire();
    const client = clientOf();
    const { asked, release } = held(refreshPath);
    const called = client.GET(mePath);
    void called.catch(() => undefined);
    await asked;
    await client.POST(loginPath, { body });
    release();
    await expect(called).rejects.toMatchObject({ code: 'token_invalid' });
    expect(tokens.server.of(mePath).map(({ headers }) => headers.authorization)).toEqual(['Bearer access-1']);
  });

  it('repeats a call without the former token once that has gone', async () => {
    const store = memoryStore(stored());
    tokens.server.on(
      mePath,
      inTurn(
        (...call) => {
          void store.write({});
          problem(503, 'unavailable', { 'retry-after': '0' })(...call);
        },
        json(200, user),
      ),
    );
    await clientOf({ store }).GET(mePath);
    const sent = tokens.server.of(mePath).map(({ headers }) => headers.authorization);
    expect(sent).toEqual(['Bearer access-1', undefined]);
  });

  it('that another tab has signed out is told to the page at its next call, once', async () => {
    const storage = new SharedStorage();
    await webStore(storage).write(stored());
    const told: string[] = [];
    const [first, second] = ['first', 'second'].map((name) =>
      clientOf({ store: webStore(storage), onSignedOut: () => told.push(name) }),
    );
    await second?.GET(mePath);
    await first?.POST(logoutPath, { body: {} });
    expect(told).toEqual(['first']);
    for (const _ of [1, 2]) await expect(second?.GET(mePath)).rejects.toMatchObject({ status: 401 });
    expect(told).toEqual(['first', 'second']);
  });

  it.each<[string, StoredTokens]>([
    ['nobody is signed in', {}],
    ['there is no refresh token', { access_token: 'access-1' }],
  ])('is not renewed where %s: refresh() rejects and nothing is sent', async (_title, kept) => {
    const refused = clientOf({ store: memoryStore(kept) }).refresh();
    await expect(refused).rejects.toMatchObject({ name: 'VelroError', status: 401, code: 'token_missing' });
    expect(tokens.server.received).toHaveLength(0);
  });
});
