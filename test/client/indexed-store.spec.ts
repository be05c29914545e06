import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { itInChromium, openChromium } from '../support/browser/chromium.js';
import { BuiltClient } from '../support/client/built-client.js';
import { PageServer } from '../support/client/page-server.js';

/** For scripts of a page: a database that is made beforehand, and what the client gives. */
const opening = `
  const { createClient, indexedStore, VelroStoreError } = await import('/client.js');
  const open = (version, make = () => undefined) => new Promise((resolve, reject) => {
    const request = indexedDB.open('velro-tokens', version);
    request.onupgradeneeded = () => make(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
`;

describe('the store of tokens in IndexedDB', () => {
  let built: BuiltClient;
  let pages: PageServer;
  let browser: Browser | undefined;
  let page: Page;
  beforeAll(async () => {
    built = await BuiltClient.build();
    pages = await PageServer.start();
    pages.serveText('/', '<!doctype html><title>page</title>');
    pages.serveFile('/client.js', built.file('browser.js'));
  });
  beforeEach(async () => {
    browser ??= await openChromium().catch(() => undefined);
    if (browser === undefined) return;
    page = await (await browser.newContext()).newPage();
    await page.goto(pages.origin);
  });
  afterEach(async () => {
    await page.context().close();
  });
  afterAll(async () => {
    await browser?.close();
    await pages.stop();
    built.remove();
  });

  const inPage = (script: string): Promise<unknown> =>
    page.evaluate(`(async () => { ${opening} ${script} })()`);

  itInChromium('resolves a change when its transaction is complete, not before', async () => {
    const log = await inPage(`
      const log = [];
      const factory = { open: (...how) => {
        const request = indexedDB.open(...how);
        request.addEventListener('success', () => {
          const { result } = request;
          const transaction = result.transaction.bind(result);
          result.transaction = (...what) => {
            const made = transaction(...what);
            made.addEventListener('complete', () => log.push('complete'));
            return made;
          };
        });
        return request;
      } };
      const store = indexedStore(factory);
      await store.write({ access_token: 'a' });
      log.push('written');
      await store.update((present) => ({ ...present, refresh_token: 'r' }));
      log.push('changed');
      return [log, await store.read()];`);
    const times = ['complete', 'written', 'complete', 'changed', 'complete'];
    expect(log).toEqual([times, { access_token: 'a', refresh_token: 'r' }]);
  });

  itInChromium('loses none of twenty changes by two pages at once', async () => {
    const other = await page.context().newPage();
    await other.goto(pages.origin);
    const count = `
      const store = indexedStore(indexedDB);
      const more = (present) => ({ ...present, expires_at: (present.expires_at ?? 0) + 1 });
      await Promise.all(Array.from({ length: 10 }, () => store.update(more)));
      return store.read();`;
    await Promise.all([inPage(count), other.evaluate(`(async () => { ${opening} ${count} })()`)]);
    expect(await inPage(`return indexedStore(indexedDB).read();`)).toEqual({ expires_at: 20 });
  });

  itInChromium('works in a database without its object store, and keeps what else is in it', async () => {
    const kept = await inPage(`
      (await open(1, (made) => made.createObjectStore('other'))).close();
      const store = indexedStore(indexedDB);
      await store.write({ access_token: 'a' });
      const database = await open();
      const names = [...database.objectStoreNames];
      database.close();
      return [names, database.version, await store.read()];`);
    expect(kept).toEqual([['other', 'tokens'], 2, { access_token: 'a' }]);
  });

  itInChromium('works in a database of a higher version', async () => {
    const kept = await inPage(`
      (await open(7, (made) => made.createObjectStore('tokens'))).close();
      const store = indexedStore(indexedDB);
      await store.write({ access_token: 'a' });
      return store.read();`);
    expect(kept).toEqual({ access_token: 'a' });
  });

  itInChromium(
    'ends a call with VelroStoreError while another page keeps the database from being changed',
    async () => {
      const outcome = await inPage(`
      const held = await open(1, (made) => made.createObjectStore('other'));
      const velro = createClient({ baseUrl: '', store: indexedStore(indexedDB) });
      const refused = await velro.GET('/health').then(String, (error) => [error instanceof VelroStoreError, error.cause.message]);
      held.close();
      const store = indexedStore(indexedDB);
      await store.write({ access_token: 'a' });
      return [refused, await store.read()];`);
      expect(outcome).toEqual([[true, 'another page holds the database open'], { access_token: 'a' }]);
    },
  );
});
