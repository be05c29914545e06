import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { KeyOwner } from '../support/accounts/api-keys.js';
import { administrator, codeAt, now } from '../support/accounts/authenticator.js';
import { answerAs, describeInChromium, observe, openChromium } from '../support/browser/chromium.js';
import { partOf } from '../support/description/part-of-description.js';
import { until } from '../support/process/wait-until.js';
import { password, Service, signUp, type Account } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';

/** Where the files of the page lie; it changes with their content. */
const folderOf = (html: string): string => /src="(\/docs\/[\w-]+)\/scalar\.js"/.exec(html)?.[1] ?? '';

/** What the tests of signing in look at; to draw all the others takes seconds for each test. */
const [login, me, events] = ['/api/v1/auth/login', '/api/v1/auth/me', '/api/v1/generations/{id}/events'];

describe('the API description', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(async () => {
    await service.discard();
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    service.visitor().call(path, { headers });

  it('is a page whose policy is free of inline scripts, and whose scripts are files', async () => {
    const page = await get('/docs');
    const policy = String(page.headers['content-security-policy']);
    expect(policy.startsWith("default-src 'self'; script-src 'self'; object-src 'none'")).toBe(true);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(page.text).not.toMatch(/<script(?![^>]* src=)|https?:\/\//);
    for (const path of page.text.match(/(?<=src=")[^"]+/g) ?? [])
      expect([path, (await get(path)).headers['content-type']]).toEqual([
        path,
        'text/javascript; charset=utf-8',
      ]);
  });

  it('keeps the strict policy for every other answer below its path', async () => {
    const folder = folderOf((await get('/docs')).text);
    for (const path of [`${folder}/page.js`, '/docs/none', '/docs-json'])
      expect([path, String((await get(path)).headers['content-security-policy'])]).toEqual([
        path,
        expect.not.stringContaining('unsafe-inline'),
      ]);
  });

  it('has files that may be kept for ever, under names that change with them, and pages that are asked for again', async () => {
    const folder = folderOf((await get('/docs')).text);
    const file = await get(`${folder}/scalar.js`);
    expect([file.status, file.headers['cache-control']]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    for (const path of ['/docs', '/docs/errors', '/docs-json']) {
      const { headers } = await get(path);
      expect([path, headers['cache-control']]).toEqual([path, 'no-cache']);
      const again = await get(path, { 'if-none-match': String(headers.etag) });
      expect([path, again.status, again.text]).toEqual([path, 304, '']);
      expect((await get(path, { 'if-none-match': '"another"' })).status).toBe(200);
    }
    for (const path of [`${folder}/none.js`, '/docs/another/page.js', `${folder}/..%2Fpage.js`])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });

  it('is sent compressed to those who take it, and under another tag', async () => {
    const [plain, small] = [await get('/docs-json'), await get('/docs-json', { 'accept-encoding': 'gzip' })];
    expect([plain.headers['content-encoding'], small.headers['content-encoding']]).toEqual([
      undefined,
      'gzip',
    ]);
    expect(plain.headers.etag).not.toBe(small.headers.etag);
    expect(Number(small.headers['content-length'])).toBeLessThan(Number(plain.headers['content-length']) / 4);
  });

  it('describes the routes, and links each code of an error to its meaning', async () => {
    const { json } = await get('/docs-json');
    expect(Object.keys(json.paths)).toEqual(
      expect.arrayContaining(['/api/v1/auth/login', '/api/v1/generations/{id}/events', '/health']),
    );
    const { $ref: reference } = json.paths['/api/v1/auth/me'].get.responses['403'];
    const refusal = json.components.responses[String(reference).replace('#/components/responses/', '')];
    expect(json.servers).toEqual([{ url: '/', description: 'This service' }]);
    expect(refusal.description).toContain('[`scope_missing`](/docs/errors#scope_missing)');
    const errors = await get('/docs/errors');
    for (const code of ['token_invalid', 'scope_missing', 'rate_limit_exceeded', 'not_found'])
      expect(errors.text.split(`<tr id="${code}">`)).toHaveLength(2);
  });

  describeInChromium('in Chromium', () => {
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let seen: ReturnType<typeof observe>;
    let ada: Account;
    beforeAll(async () => {
      [browser, ada] = await Promise.all([openChromium(), signUp(service)]);
      // One for all: a new one compiles the whole reference anew, which is most of what these tests would do.
      context = await browser.newContext({
        viewport: { width: 1400, height: 1000 },
        reducedMotion: 'reduce',
      });
      page = await context.newPage();
      seen = observe(page);
    });
    afterAll(async () => {
      await browser.close();
    });
    const open = async (): Promise<void> => {
      await page.goto(`${service.url}/docs`);
      await page.getByText(login).first().waitFor();
    };
    const isSignedOut = async (): Promise<boolean> =>
      page.url().startsWith(`${service.url}/docs`) && (await page.getByLabel('e-mail address').isVisible());
    afterEach(async () => {
      expect(seen.complaints.splice(0)).toEqual([]);
      expect(
        seen.requests
          .splice(0)
          .filter((url) => !url.startsWith(`${service.url}/`) && !url.startsWith('data:')),
      ).toEqual([]);
      await page.unrouteAll();
      // The next one finds nothing stored. This page of the same origin has no script that would store anything.
      if (!(await isSignedOut())) await page.goto(`${service.url}/docs/errors`);
      await page.evaluate('localStorage.clear(); sessionStorage.clear()');
    });
    /** Writes a picture of the page where somebody wants to look at it. */
    const photograph = async (name: string): Promise<void> => {
      const folder = process.env['SCREENSHOTS'];
      if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
    };
    /** From the next load on the page shows these operations alone. */
    const showPart = async (of: Page): Promise<void> => {
      const part = partOf((await get('/docs-json')).json, [login, me, events]);
      // Not `route`: a page with routes caches nothing and compiles the reference anew.
      const text = JSON.stringify(JSON.stringify(part));
      await of.addInitScript(`{
        const whole = window.fetch;
        window.fetch = (input, init) =>
          String(input.url ?? input).endsWith('/docs-json')
            ? Promise.resolve(new Response(${text}, { headers: { 'content-type': 'application/json' } }))
            : whole(input, init);
      }`);
    };
    const signIn = async ({ email }: Account): Promise<void> => {
      await page.getByLabel('e-mail address').fill(email);
      await page.getByLabel('password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
    };
    const signedIn = (email: string) => page.getByText(`Signed in as ${email}`).waitFor();
    const openClient = async (method: string, path: string, tag: string): Promise<void> => {
      await page.goto(`${service.url}/docs#tag/${tag}/${method.toUpperCase()}${path}`);
      await page.getByRole('button', { name: `Test Request (${method} ${path})` }).click();
    };
    const send = () => page.locator('[data-addressbar-action=send]:visible').click();

    const shows = async (colorScheme: 'light' | 'dark'): Promise<void> => {
      await page.emulateMedia({ colorScheme });
      await open();
      await page.getByRole('button', { name: 'generations' }).first().waitFor();
      await page.locator(`body.${colorScheme}-mode`).waitFor();
      await photograph(`docs-${colorScheme}`);
    };

    it('shows all routes in light colours', () => shows('light'));

    describe('with few operations', () => {
      beforeAll(() => showPart(page));
      // To load the page is most of what these tests do: where the one before has signed out, it is what a new one would be.
      beforeEach(async () => {
        if (!(await isSignedOut())) await open();
      });

      it('shows them in dark colours', () => shows('dark'));

      it('signs in, keeps that over a reload in the tab alone, and calls a route with the token', async () => {
        await signIn(ada);
        await signedIn(ada.email);
        await page.reload();
        await signedIn(ada.email);
        const kept = await page.evaluate<object[]>('[{ ...localStorage }, { ...sessionStorage }]');
        expect(JSON.stringify(kept[0])).not.toContain('ey');
        expect(Object.keys(kept[1] ?? {})).toEqual(['velro-docs-session']);
        expect(JSON.stringify(kept)).not.toContain(password);
        await openClient('get', me, 'auth');
        const [answer] = await Promise.all([page.waitForResponse(`**${me}`), send()]);
        expect(answer.status()).toBe(200);
        await page.getByRole('dialog').getByText('200 OK').waitFor();
        await page.getByRole('dialog').getByText(ada.email).first().waitFor();
        await photograph('docs-answer');
      });

      it('says why a sign-in is refused, and stores nothing', async () => {
        await page.getByLabel('e-mail address').fill(ada.email);
        await page.getByLabel('password', { exact: true }).fill('not-the-one-that-was-chosen');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByText('The e-mail address or the password is wrong.').waitFor();
        expect(await page.evaluate('sessionStorage.length')).toBe(0);
        // The browser itself reports the 401.
        expect(seen.complaints.splice(0)).toEqual([expect.stringContaining('401')]);
      });

      it('asks for the code of a second factor', async () => {
        const admin = await administrator(service, 'admin');
        await signIn(admin);
        await page.getByText('Type a code of your authenticator app.').waitFor();
        // Codes work once: the present one has been used.
        await page.getByLabel('code', { exact: true }).fill(codeAt(admin.secret, now() + 30));
        await page.getByRole('button', { name: 'Sign in' }).click();
        await signedIn(admin.email);
      });

      const kept = () => page.evaluate<string>("sessionStorage.getItem('velro-docs-session')");
      const expire = async (): Promise<string> => {
        const session = JSON.parse(await kept()) as object;
        const text = JSON.stringify({ ...session, expiresAt: Date.now() });
        await page.evaluate(`sessionStorage.setItem('velro-docs-session', ${JSON.stringify(text)})`);
        return text;
      };

      it('renews its token before it expires, and forgets a session that has ended', async () => {
        await signIn(ada);
        await signedIn(ada.email);
        const before = JSON.parse(await expire()) as { accessToken: string };
        const [renewed] = await Promise.all([page.waitForResponse('**/auth/refresh'), page.reload()]);
        expect(renewed.status()).toBe(200);
        await signedIn(ada.email);
        await page.waitForFunction(
          `!sessionStorage.getItem('velro-docs-session').includes('${before.accessToken}')`,
        );
        const { accessToken } = JSON.parse(await kept()) as { accessToken: string };
        await service.visitor().call('/api/v1/auth/logout', { method: 'POST', token: accessToken });
        await expire();
        await page.reload();
        await page.getByText('The session has ended: sign in again.').waitFor();
        expect(await page.evaluate('sessionStorage.length')).toBe(0);
        expect(seen.complaints.splice(0)).toEqual([expect.stringContaining('401')]);
      });

      it('signs out: the session has ended at the service too', async () => {
        await signIn(ada);
        await signedIn(ada.email);
        const { accessToken } = JSON.parse(
          String(await page.evaluate("sessionStorage.getItem('velro-docs-session')")),
        ) as { accessToken: string };
        const [answer] = await Promise.all([
          page.waitForResponse('**/auth/logout'),
          page.getByRole('button', { name: 'Sign out' }).click(),
        ]);
        expect(answer.status()).toBe(204);
        expect(await page.evaluate('sessionStorage.length')).toBe(0);
        const { status } = await service.visitor().call('/api/v1/auth/me', { token: accessToken });
        expect(status).toBe(401);
      });

      it('stays signed out, here and at the service, when one signs out during a renewal', async () => {
        await signIn(ada);
        await signedIn(ada.email);
        await expire();
        const answers: (() => Promise<unknown>)[] = [];
        await page.route('**/auth/refresh', async (route) => {
          const response = await route.fetch();
          answers.push(() => route.fulfill({ response }));
        });
        await page.reload();
        await signedIn(ada.email);
        await until(() => answers.length === 1, 'the renewal has been answered');
        await page.getByRole('button', { name: 'Sign out' }).click();
        const [ended] = await Promise.all([page.waitForResponse('**/auth/logout'), answers[0]?.()]);
        await page.getByLabel('e-mail address').waitFor();
        // What was renewed is ended by its own token: the one before has ended as well, so that the answer may be a refusal.
        expect([204, 401]).toContain(ended.status());
        expect(await page.evaluate('sessionStorage.length')).toBe(0);
        await page.reload();
        await page.getByLabel('e-mail address').waitFor();
        seen.complaints.length = 0;
      });

      it('keeps its session behind a block, a limit and trouble, which say nothing of it', async () => {
        await signIn(ada);
        await signedIn(ada.email);
        for (const status of [403, 429, 503]) {
          await expire();
          const undo = await answerAs(page, '*/auth/refresh', status);
          await Promise.all([page.waitForResponse('**/auth/refresh'), page.reload()]);
          await signedIn(ada.email);
          expect(JSON.parse(await kept())).toMatchObject({ email: ada.email });
          expect(seen.complaints.splice(0)).toEqual([expect.stringContaining(String(status))]);
          await undo();
        }
      });

      it('shows the events of a stream as they come', async () => {
        const owner = await KeyOwner.signUp(service, []);
        const id = await owner.waitingGeneration();
        await signIn(owner.account);
        await signedIn(owner.account.email);
        await openClient('get', events, 'generations');
        await page.getByRole('dialog').getByLabel('Value').first().fill(id);
        await send();
        await page.getByText('event: status').first().waitFor();
        // It is open: the event that ends it comes only now.
        expect(await page.getByText('event: cancelled').count()).toBe(0);
        await owner.account.visitor.call(`/api/v1/generations/${id}/cancel`, {
          token: owner.account.token,
          body: {},
        });
        await page.getByText('event: cancelled').first().waitFor();
        await photograph('docs-stream');
      });
    });

    it.each([
      ['denies', 'get() { throw new Error("denied"); }'],
      ['lends to somebody else', 'value: { getItem: () => "{", setItem() {}, removeItem() {} }'],
    ])(
      'shows everything in a browser that %s its storage, and signs in for as long as it is open',
      async (_, storage) => {
        const shared = page;
        // A tab of its own: it has a storage of its own, and what was compiled is there.
        page = await context.newPage();
        try {
          await showPart(page);
          await page.addInitScript(`Object.defineProperty(window, 'sessionStorage', { ${storage} })`);
          await page.goto(`${service.url}/docs`);
          await page.getByText(login).first().waitFor();
          await signIn(ada);
          await signedIn(ada.email);
          await page.getByRole('button', { name: 'Sign out' }).click();
          await page.getByLabel('e-mail address').waitFor();
        } finally {
          await page.close();
          page = shared;
        }
      },
    );
  });
});
