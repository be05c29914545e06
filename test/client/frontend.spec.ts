import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import * as source from '../../client/src/index.js';
import { codeAt, now, steadyMoment } from '../support/accounts/authenticator.js';
import { BuiltClient } from '../support/client/built-client.js';
import { itInChromium, openChromium } from '../support/browser/chromium.js';
import { frontend, type Frontend } from '../support/client/frontend.js';
import { PageServer } from '../support/client/page-server.js';
import { SharedStorage } from '../support/client/tabs.js';
import { FalService } from '../support/fal/fal-service.js';
import { password } from '../support/process/service.js';

const refreshPath = '/api/v1/auth/refresh';
const newPerson = () => ({ email: `${randomUUID()}@example.com`, password });
const codes = {
  // The step before, so that the present one is still unused.
  before: async (secret: string): Promise<string> => {
    await steadyMoment();
    return codeAt(secret, now() - 30);
  },
  present: (secret: string): string => codeAt(secret, now()),
};

describe('a frontend of the service', () => {
  let built: BuiltClient;
  let pages: PageServer;
  let stage: FalService;
  let image: Buffer;
  beforeAll(async () => {
    built = await BuiltClient.build();
    pages = await PageServer.start();
    pages.serveText('/', '<!doctype html><title>frontend</title>');
    pages.serveFile('/client.js', built.file('browser.js'));
    stage = await FalService.start(
      { automatic: { queueMs: 50, workMs: 200 } },
      { CORS_ORIGINS: pages.origin, RATE_LIMIT_AUTH_REGISTER: '100/hour' },
    );
    // Noise, so that its upload has a size.
    const pixels = randomBytes(600 * 400 * 3);
    image = await sharp(pixels, { raw: { width: 600, height: 400, channels: 3 } })
      .png()
      .toBuffer();
  });
  afterAll(async () => {
    await stage.stop();
    await pages.stop();
    built.remove();
  });

  const expectGenerated = (outcome: Awaited<ReturnType<typeof frontend.generate>>): void => {
    expect(outcome).toMatchObject({ status: 202, hasImage: true, media: 1 });
    expect(outcome.events.at(-1)).toBe('completed');
    const [sent = 0, total = 1] = outcome.sent.at(-1) ?? [];
    expect(sent).toBe(total);
    expect(total).toBeGreaterThanOrEqual(image.length);
  };

  it('registers, signs in with a second factor, generates from a picture, renews once in two tabs and signs out, in Node', async () => {
    const storage = new SharedStorage();
    let refreshes = 0;
    // Those that gave a pair: a busy service may ask for a repeat with 503.
    const counting: source.ClientOptions['fetch'] = async (url, init) => {
      const response = await fetch(url, init);
      if (url.endsWith(refreshPath) && response.ok) refreshes++;
      return response;
    };
    const createClient = (options: source.ClientOptions) =>
      source.createClient({ ...options, fetch: counting });
    const store = source.webStore(storage);
    const here: Frontend = { module: { ...source, createClient }, baseUrl: stage.service.url, store };
    const person = newPerson();
    const secret = await frontend.register(here, person, codes.before);
    const signedIn = await frontend.signIn(here, person, () => Promise.resolve(codes.present(secret)));
    expect(signedIn).toEqual([false, true]);
    expectGenerated(await frontend.generate(here, new Blob([new Uint8Array(image)], { type: 'image/png' })));

    const before = await store.read();
    await store.write({ ...before, expires_at: 0 });
    refreshes = 0;
    expect(await Promise.all([frontend.me(here), frontend.me(here)])).toEqual([person.email, person.email]);
    expect(refreshes).toBe(1);
    expect((await store.read()).refresh_token).not.toBe(before.refresh_token);

    expect(await frontend.signOut(here)).toEqual({ refused: 'token_invalid', kept: ['device_token'] });
  });

  describe('in a page', () => {
    let browser: Browser | undefined;
    afterAll(async () => {
      await browser?.close();
    });

    /** Runs a function of the frontend in a page, with the client as it is built. */
    const inPage = <T>(page: Page, name: keyof typeof frontend, more: string): Promise<T> =>
      page.evaluate<T>(`(async () => {
        const module = await import('/client.js');
        const at = { module, baseUrl: ${JSON.stringify(stage.service.url)}, store: module.indexedStore(indexedDB) };
        const frontend = { ${String(frontend[name])} };
        return frontend.${name}(at${more});
      })()`);

    itInChromium(
      'registers, signs in with a second factor, generates from a picture, renews once in two tabs and signs out',
      async () => {
        browser = await openChromium();
        const context = await browser.newContext();
        await context.exposeFunction('codeBefore', codes.before);
        await context.exposeFunction('codePresent', codes.present);
        const [first, second] = [await context.newPage(), await context.newPage()];
        for (const page of [first, second]) await page.goto(pages.origin);
        const person = newPerson();
        const asked = JSON.stringify(person);
        const secret = await inPage<string>(first, 'register', `, ${asked}, codeBefore`);
        const code = `() => codePresent(${JSON.stringify(secret)})`;
        expect(await inPage(first, 'signIn', `, ${asked}, ${code}`)).toEqual([false, true]);
        const blob = `await fetch('data:image/png;base64,${image.toString('base64')}').then((one) => one.blob())`;
        const outcome = await inPage<Awaited<ReturnType<typeof frontend.generate>>>(
          first,
          'generate',
          `, ${blob}`,
        );
        expectGenerated(outcome);

        let refreshes = 0;
        context.on('response', (response) => {
          const isRefresh = response.request().method() === 'POST' && response.url().endsWith(refreshPath);
          if (isRefresh && response.ok()) refreshes++;
        });
        await first.evaluate(`(async () => {
          const store = (await import('/client.js')).indexedStore(indexedDB);
          await store.write({ ...(await store.read()), expires_at: 0 });
        })()`);
        const both = await Promise.all([inPage(first, 'me', ''), inPage(second, 'me', '')]);
        expect(both).toEqual([person.email, person.email]);
        expect(refreshes).toBe(1);
        const left = await inPage(second, 'signOut', '');
        expect(left).toEqual({ refused: 'token_invalid', kept: ['device_token'] });
      },
    );
  });
});
