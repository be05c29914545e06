import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createClient,
  memoryStore,
  VelroStoreError,
  webStore,
  type ClientOptions,
  type TokenStore,
} from '../../client/src/index.js';
import { SharedStorage, TabLocks } from '../support/client/tabs.js';
import { mePath, TokenServer, user } from '../support/client/token-server.js';

const never = () => new Promise<never>(() => undefined);
const failing = () => {
  throw new Error('the disk is full');
};
/** Milliseconds after which a test that waits for a hung store has failed. */
const hungMs = 30_000;

describe('a store of tokens that fails', () => {
  let tokens: TokenServer;
  beforeEach(async () => {
    tokens = await TokenServer.start();
  });
  afterEach(async () => {
    await tokens.server.stop();
  });

  const stored = (expiresInMs = 900_000) => {
    const { access_token, refresh_token } = tokens.pair();
    return { access_token, refresh_token, expires_at: Date.now() + expiresInMs };
  };
  const clientOf = (store: TokenStore, options: Partial<ClientOptions> = {}) =>
    createClient({ baseUrl: tokens.server.url, store, ...options });
  const sent = () => tokens.server.of(mePath).map(({ headers }) => headers.authorization);

  it.each<[string, () => never | Promise<never>]>([
    ['does not end', never],
    ['fails', failing],
  ])(
    'ends a call with VelroStoreError when a read %s, and nothing is sent',
    async (_title, read) => {
      const called = clientOf({ read, write: () => undefined }).GET(mePath);
      await expect(called).rejects.toBeInstanceOf(VelroStoreError);
      await expect(called).rejects.toMatchObject({ cause: expect.any(Error) });
      expect(tokens.server.received).toHaveLength(0);
    },
    hungMs,
  );

  it('ends a stream at once, which is not opened again', async () => {
    let reads = 0;
    const read = () => {
      reads++;
      return failing();
    };
    const events = clientOf({ read, write: () => undefined }).events('g-1');
    await expect(events.next()).rejects.toBeInstanceOf(VelroStoreError);
    expect(reads).toBe(1);
  });

  it(
    'does not hang the refresh of the other tabs when a write does not end, and the page goes on with the new pair',
    async () => {
      const locks = new TabLocks();
      const kept = stored(-1);
      const hung: TokenStore = { read: () => kept, write: never, lockName: 'one' };
      const client = clientOf(hung, { locks });
      expect((await client.GET(mePath)).data.id).toBe(user.id);
      await client.GET(mePath);
      expect(sent()).toEqual(['Bearer access-2', 'Bearer access-2']);
      expect(tokens.refreshes).toBe(1);
      // What shares the lock is served.
      const other = { ...memoryStore(stored(-1)), lockName: 'one' };
      await clientOf(other, { locks }).GET(mePath);
      expect(tokens.refreshes).toBe(2);
    },
    hungMs,
  );

  it('keeps a pair that cannot be written for the page, and writes it with the next change that can be', async () => {
    const storage = new SharedStorage();
    await webStore(storage).write(stored(-1));
    const full = new SharedStorage();
    let isFull = true;
    full.getItem = (key) => storage.getItem(key);
    full.setItem = (key, value) => {
      if (isFull) failing();
      storage.setItem(key, value);
    };
    const client = clientOf(webStore(full));
    await client.GET(mePath);
    await client.GET(mePath);
    expect(sent()).toEqual(['Bearer access-2', 'Bearer access-2']);
    expect(tokens.refreshes).toBe(1);
    expect(webStore(storage).read()).toMatchObject({ refresh_token: 'refresh-1' });
    isFull = false;
    await client.refresh();
    expect(webStore(storage).read()).toMatchObject({ refresh_token: 'refresh-3' });
  });

  it('gives way to what another tab has written meanwhile', async () => {
    let kept = stored(-1);
    const client = clientOf({ read: () => kept, write: failing });
    await client.GET(mePath);
    kept = { access_token: 'access-b', refresh_token: 'refresh-b', expires_at: Date.now() + 900_000 };
    tokens.server.on(mePath, (response) => response.writeHead(204).end());
    await client.GET(mePath);
    expect(sent()).toEqual(['Bearer access-2', 'Bearer access-b']);
  });
});
