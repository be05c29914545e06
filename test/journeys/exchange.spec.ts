import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { linkTo } from '../support/accounts/outbox.js';
import { EmbeddedFolders } from '../support/process/embedded-folder.js';
import { password, Service } from '../support/process/service.js';
import { HostedAuth } from '../support/supabase/hosted-auth.js';
import { SupabaseBeside } from '../support/supabase/supabase-beside.js';

describe('a frontend that signed in with Supabase itself', () => {
  let supabase: SupabaseBeside;
  let service: Service;
  beforeAll(async () => {
    supabase = await SupabaseBeside.start();
    service = await Service.start(supabase.env);
  });
  afterAll(async () => {
    await service.discard();
    await supabase.stop();
  });

  const exchange = (token: string) =>
    service.visitor().call('/api/v1/auth/exchange', { body: { supabase_access_token: token } });

  it("is refused where the token has no login method: the embedded provider's never has", async () => {
    const { token } = await supabase.linkLogin(`${randomUUID()}@example.com`);
    const answer = await exchange(token);
    expect([answer.status, answer.json.code]).toEqual([401, 'exchange_refused']);
    expect(await ask(service.home, 'select 1 from velro.users')).toEqual([]);
  });

  it('is refused with the token of a password login, which would bypass limits and second factor', async () => {
    const token = await supabase.passwordLogin(`${randomUUID()}@example.com`, password);
    const answer = await exchange(token);
    expect([answer.status, answer.json.code]).toEqual([401, 'exchange_refused']);
  });

  it.each([
    ['that is none', () => 'x'.repeat(100)],
    ['that was changed', (token: string) => `${token.slice(0, -3)}AAA`],
    [
      'whose method was changed',
      (token: string) => {
        const [head = '', body = '', signature = ''] = token.split('.');
        const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
        return `${head}.${Buffer.from(JSON.stringify({ ...claims, amr: [{ method: 'oauth' }] })).toString('base64url')}.${signature}`;
      },
    ],
    [
      'of an algorithm that the provider does not use',
      (token: string) =>
        `${Buffer.from('{"alg":"ES256","typ":"JWT"}').toString('base64url')}.${token.split('.')[1] ?? ''}.c2lnbmF0dXJl`,
    ],
    [
      'that is unsigned',
      (token: string) =>
        `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${token.split('.')[1] ?? ''}.`,
    ],
  ])('is refused with a token %s', async (_title, bend) => {
    const token = await supabase.passwordLogin(`${randomUUID()}@example.com`, password);
    expect((await exchange(bend(token))).status).toBe(401);
  });
});

describe('the first administrator', () => {
  const email = `root-${randomUUID()}@example.com`;
  const env = { DEFAULT_ADMIN_EMAIL: email, DEFAULT_ADMIN_PASSWORD: 'nine-tall-pines-guard-the-harbour' };

  it('is created once, by the configured password, also when addresses have to be confirmed', async () => {
    let service = await Service.start({ ...env, REQUIRE_EMAIL_VERIFICATION: 'true' });
    const admins = () =>
      ask<{ email: string; role: string }>(
        service.home,
        "select email, role from velro.users where role <> 'user'",
      );
    try {
      if ((await admins()).length === 0) {
        // The embedded provider makes no confirmed accounts: its mail is followed, and the next start finds the account.
        await service.visitor().call('/api/v1/auth/email-verify', {
          body: { token: await linkTo(service.home, email), password: env.DEFAULT_ADMIN_PASSWORD },
        });
        await service.kill();
        service = await Service.start({ ...env, REQUIRE_EMAIL_VERIFICATION: 'true' }, service.home);
      }
      expect(await admins()).toEqual([{ email, role: 'super_admin' }]);
      await service.kill();
      service = await Service.start(
        { DEFAULT_ADMIN_EMAIL: 'second@example.com', DEFAULT_ADMIN_PASSWORD: env.DEFAULT_ADMIN_PASSWORD },
        service.home,
      );
      expect(await admins()).toEqual([{ email, role: 'super_admin' }]);
      expect(service.printed).not.toContain(env.DEFAULT_ADMIN_PASSWORD);
    } finally {
      await service.discard();
    }
  });

  describe('is not created, and the service starts,', () => {
    const folders = new EmbeddedFolders();
    const home = folders.prepared();
    let auth: HostedAuth;
    beforeAll(async () => {
      auth = await HostedAuth.start();
    });
    afterAll(async () => {
      await folders.remove();
      await auth.stop();
    });

    // Whatever else the rules for passwords refuse is refused by the same call.
    it.each([
      ['a placeholder', 'REPLACE_WITH_PRODUCTION_SECRET'],
      ['made of the address', email.split('@')[0] ?? ''],
    ])('by a password that is %s', async (_title, word) => {
      const service = await Service.start({ ...env, ...auth.env, DEFAULT_ADMIN_PASSWORD: word }, home);
      try {
        expect(await ask(home, 'select 1 from velro.users')).toEqual([]);
        // A hosted provider would have made the account at once.
        expect(auth.users).toEqual([]);
        expect(service.printed).toContain('the first administrator was not made: DEFAULT_ADMIN_PASSWORD');
        expect(service.printed).not.toContain(word);
      } finally {
        await service.kill();
      }
    });
  });

  it('is not an account that registered the address before', async () => {
    let service = await Service.start();
    await service.visitor().call('/api/v1/auth/register', { body: { email, password } });
    await service.kill();
    service = await Service.start(env, service.home);
    try {
      expect(await ask(service.home, "select 1 from velro.users where role <> 'user'")).toEqual([]);
      expect(service.printed).toContain('the first administrator was not made');
    } finally {
      await service.discard();
    }
  });
});
