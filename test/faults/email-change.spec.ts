import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { ProviderProxy } from '../support/generations/provider-proxy.js';
import { Service } from '../support/process/service.js';
import { SmtpServer } from '../support/mail/smtp-server.js';
import { until } from '../support/process/wait-until.js';
import { HostedAuth } from '../support/supabase/hosted-auth.js';

const setsAddress = ({ method, url }: IncomingMessage): boolean =>
  method === 'PUT' && (url ?? '').includes('/admin/users/');
const endsLinks = ({ url }: IncomingMessage): boolean => (url ?? '').includes('/admin/generate_link');

describe('a change of the e-mail address under faults', () => {
  let auth: HostedAuth;
  let smtp: SmtpServer;
  let proxy: ProviderProxy;
  let service: Service;
  const env = () => ({
    ...auth.env,
    SUPABASE_URL: proxy.url,
    SMTP_URL: smtp.url,
    MAIL_FROM: 'Velro <no-reply@velro.example>',
  });
  beforeAll(async () => {
    [auth, smtp] = await Promise.all([HostedAuth.start(), SmtpServer.start()]);
    proxy = await ProviderProxy.to(auth.url);
    service = await Service.start(env());
  });
  afterEach(() => {
    proxy.letPass();
  });
  afterAll(async () => {
    await service.stop();
    proxy.close();
    await Promise.all([auth.stop(), smtp.stop()]);
  });

  const post = (path: string, body: unknown, token?: string) =>
    service.visitor().call(`/api/v1/auth/${path}`, { body, ...(token === undefined ? {} : { token }) });
  const asked = async () => {
    const former = `${randomUUID()}@example.com`;
    const { json } = await post('exchange', { supabase_access_token: auth.login(former, 'oauth') });
    const token = json.access_token as string;
    const email = `${randomUUID()}@example.com`;
    expect((await post('email-change', { email }, token)).status).toBe(202);
    await until(() => smtp.to(email).length > 0, 'the mail');
    return { id: json.user.id as string, former, email, token, link: smtp.tokenTo(email) };
  };
  const confirm = (token: string, link: string) => post('email-change-confirm', { token: link }, token);
  const lapse = (id: string) =>
    ask(service.home, 'update velro.users set password_changing_until = now() where id = $1', [id]);
  const addressOf = async (id: string) =>
    ask<{ email: string }>(service.home, 'select email from velro.users where id = $1', [id]);

  it('is completed by the same link when the service was killed while the provider worked', async () => {
    const { id, former, email, token, link } = await asked();
    proxy.holdAfter(setsAddress);
    const lost = confirm(token, link).catch(() => null);
    await proxy.nextHeld();
    await service.kill();
    await lost;
    proxy.letPass();
    service = await Service.start(env(), service.home);
    expect([auth.find(email)?.id, await addressOf(id)]).toEqual([id, [{ email: former }]]);
    await lapse(id);
    const confirmed = await confirm(token, link);
    expect([confirmed.status, confirmed.json.user?.email]).toEqual([200, email]);
    expect(await addressOf(id)).toEqual([{ email }]);
  });

  it.each([
    ['does not answer', () => 'cut' as const, 503],
    ['fails', () => ({ status: 500, body: { code: 500, error_code: 'unexpected_failure', msg: 'no' } }), 503],
    ['answers garbage', () => ({ status: 200, body: 'nothing' }), 503],
  ])('changes nothing here while the provider %s, and is completed later', async (_title, fault, status) => {
    const { id, former, email, token, link } = await asked();
    for (const which of [setsAddress, endsLinks]) {
      proxy.answerInstead((incoming) => (which(incoming) ? fault() : null));
      const refused = await confirm(token, link);
      expect([refused.status, refused.json.code, await addressOf(id)]).toEqual([
        status,
        'unavailable',
        [{ email: former }],
      ]);
      proxy.letPass();
      await lapse(id);
    }
    expect((await confirm(token, link)).json.user?.email).toBe(email);
  });

  it('is dropped when the provider does not accept the address, and blocks nothing', async () => {
    const { id, former, token, link } = await asked();
    proxy.answerInstead((incoming) =>
      setsAddress(incoming)
        ? { status: 422, body: { code: 422, error_code: 'email_address_invalid', msg: 'no' } }
        : null,
    );
    const refused = await confirm(token, link);
    expect([refused.status, refused.json.errors]).toEqual([
      422,
      [expect.objectContaining({ field: 'token', code: 'refused' })],
    ]);
    proxy.letPass();
    expect((await confirm(token, link)).json.code).toBe('link_used');
    expect(await addressOf(id)).toEqual([{ email: former }]);
    const again = await post('exchange', { supabase_access_token: auth.login(former, 'oauth') });
    expect(again.status).toBe(200);
  });

  it('gives no session to somebody whose sessions were all ended while the provider worked', async () => {
    const { id, email, token, link } = await asked();
    proxy.holdAfter(setsAddress);
    const confirming = confirm(token, link);
    const held = await proxy.nextHeld();
    proxy.letPass();
    expect((await post('logout', { scope: 'all' }, token)).status).toBe(204);
    held.release();
    const late = await confirming;
    expect([late.status, late.json.code]).toEqual([401, 'token_invalid']);
    expect(await addressOf(id)).toEqual([{ email }]);
    const living = await ask(
      service.home,
      'select 1 from velro.sessions where user_id = $1 and ended_at is null',
      [id],
    );
    expect(living).toEqual([]);
  });
});
