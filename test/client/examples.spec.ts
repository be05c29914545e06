import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import type { Browser, Page, Route } from 'playwright-core';
import { BuiltClient } from '../support/client/built-client.js';
import { itInChromium, openChromium } from '../support/browser/chromium.js';
import { PageServer } from '../support/client/page-server.js';
import { projectRoot } from '../support/process/project-root.js';
import { password, Service } from '../support/process/service.js';
import { HostedAuth } from '../support/supabase/hosted-auth.js';

const newAddress = (): string => `${randomUUID()}@example.com`;
const png = Buffer.from('89504e470d0a1a0a', 'hex');

describe('the examples of the client', () => {
  let built: BuiltClient;
  let pages: PageServer;
  let browser: Browser | undefined;
  beforeAll(async () => {
    built = await BuiltClient.build();
    pages = await PageServer.start();
    pages.serveFile('/client/dist/browser.js', built.file('browser.js'));
  });
  afterAll(async () => {
    await browser?.close();
    await pages.stop();
    built.remove();
  });

  const openPage = async (): Promise<Page> => {
    browser ??= await openChromium();
    return (await browser.newContext()).newPage();
  };

  itInChromium('browser.html sends nothing to a service of another machine that a link names', async () => {
    pages.serveFile('/examples/browser.html', join(projectRoot, 'examples/browser.html'));
    const page = await openPage();
    pages.serveText('/', '<!doctype html><title>page</title>');
    await page.goto(pages.origin);
    await page.evaluate(`import('/client/dist/browser.js').then((client) =>
      client.indexedStore(indexedDB).write({ access_token: 'a', refresh_token: 'r', expires_at: 0 }))`);
    const asked: string[] = [];
    await page.route('http://elsewhere.example/**', async (route) => {
      asked.push(route.request().url());
      await route.abort();
    });
    const refused = page.waitForEvent('pageerror');
    await page.goto(`${pages.origin}/examples/browser.html?service=http://elsewhere.example`);
    expect((await refused).message).toBe('the service must be one of this machine');
    expect(await page.isHidden('#order')).toBe(true);
    expect(asked).toEqual([]);
  });

  describe('for the embedded default', () => {
    let service: Service;
    beforeAll(async () => {
      service = await Service.start({ CORS_ORIGINS: pages.origin, RATE_LIMIT_AUTH_REGISTER: '100/hour' });
    });
    afterAll(async () => {
      await service.discard();
    });

    it('node.mjs signs up, paints, and saves the picture; the second time it signs in', async () => {
      const email = newAddress();
      const run = () =>
        built.runExample('node.mjs', [email, password, 'a red boat'], { VELRO_URL: service.url });
      const first = await run();
      expect(first).toContain(`signed up as ${email}\n`);
      expect(first).toContain('completed 100 %\nsaved picture.png\n');
      expect(readFileSync(join(built.folder, 'picture.png')).subarray(0, 8)).toEqual(png);
      expect(await run()).toContain(`signed in as ${email}\n`);
    });

    itInChromium(
      'browser.html signs up, paints, shows the picture, stays signed in, and signs out',
      async () => {
        pages.serveFile('/examples/browser.html', join(projectRoot, 'examples/browser.html'));
        const page = await openPage();
        const complaints: string[] = [];
        page.on('pageerror', (error) => complaints.push(error.message));
        await page.goto(`${pages.origin}/examples/browser.html?service=${service.url}`);
        const email = newAddress();
        await page.fill('[name=email]', email);
        await page.fill('[name=password]', 'wrong-otter-paints-9-quiet-bridges');
        await page.click('[value=login]');
        await page.getByText('credentials_invalid').waitFor();
        await page.fill('[name=password]', password);
        await page.click('[value=register]');
        await page.fill('[name=prompt]', 'a red boat');
        await page.getByRole('button', { name: 'Paint' }).click();
        await page.getByRole('img', { name: 'a red boat' }).waitFor();
        await page.waitForFunction(`document.querySelector('img').naturalWidth > 0`);
        await page.reload();
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('button', { name: 'Sign in' }).waitFor();
        const kept = await page.evaluate(
          `import('/client/dist/browser.js').then(async (client) => Object.keys(await client.indexedStore(indexedDB).read()))`,
        );
        expect(kept).toEqual(['device_token']);
        expect(complaints).toEqual([]);
      },
    );
  });

  describe('for a Supabase project', () => {
    let auth: HostedAuth;
    let service: Service;
    beforeAll(async () => {
      auth = await HostedAuth.start();
      service = await Service.start({ ...auth.env, CORS_ORIGINS: pages.origin });
    });
    afterAll(async () => {
      await service.discard();
      await auth.stop();
    });

    /** The provider's side for a page: it comes back with a session, and the other calls go to the stand-in. */
    const asProvider = (email: string) => async (route: Route) => {
      const request = route.request();
      const url = new URL(request.url());
      const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
      if (url.pathname.endsWith('/authorize')) {
        const token = auth.login(email, 'oauth');
        const session = `access_token=${token}&refresh_token=r&token_type=bearer&expires_in=3600`;
        const location = `${url.searchParams.get('redirect_to') ?? ''}#${session}`;
        await route.fulfill({ status: 302, headers: { location } });
      } else if (request.method() === 'OPTIONS') await route.fulfill({ status: 204, headers: cors });
      else {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, headers: { ...answer.headers(), ...cors } });
      }
    };

    itInChromium('social-sign-in.mjs comes back from the provider and exchanges its session', async () => {
      const settings = {
        supabase: auth.url,
        key: auth.env['SUPABASE_PUBLISHABLE_KEY'],
        service: service.url,
      };
      const { outputFiles } = await build({
        stdin: {
          resolveDir: projectRoot,
          contents: `
            import { createClient as createSupabase } from '@supabase/supabase-js';
            import { createClient, webStore } from ${JSON.stringify(built.file('index.js'))};
            import { finishSignIn, startSignIn } from './examples/social-sign-in.mjs';
            const at = ${JSON.stringify(settings)};
            const supabase = createSupabase(at.supabase, at.key);
            const velro = createClient({ baseUrl: at.service, store: webStore(localStorage) });
            window.start = () => startSignIn(supabase, 'google');
            window.outcome = finishSignIn(supabase, velro);
            window.me = async () => (await velro.GET('/api/v1/auth/me')).data.email;`,
        },
        ...{ bundle: true, format: 'esm', platform: 'browser', write: false, logLevel: 'warning' },
        nodePaths: [join(projectRoot, 'node_modules')],
      });
      pages.serveText('/social', '<!doctype html><script type="module" src="/social.js"></script>');
      pages.serveText('/social.js', outputFiles[0]?.text ?? '');
      const page = await openPage();
      const email = newAddress();
      await page.route(`${auth.url}/**`, asProvider(email));
      await page.goto(`${pages.origin}/social`);
      expect(await page.evaluate('window.outcome')).toBeNull();
      await page.evaluate('void window.start()');
      await page.waitForFunction(`localStorage.getItem('velro') !== null`);
      expect(await page.evaluate('window.outcome')).toMatchObject({ user: { email } });
      expect(await page.evaluate('window.me()')).toBe(email);
      expect(await page.evaluate(`Object.keys(localStorage)`)).toEqual(['velro']);
    });
  });
});
