import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeAt, now, steadyMoment } from '../support/accounts/authenticator.js';
import { KeyOwner } from '../support/accounts/api-keys.js';
import { linkTo, mailsTo } from '../support/accounts/outbox.js';
import { ask } from '../support/database/database.js';
import { password, Service, signUp, type Account } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';
import { SmtpServer } from '../support/mail/smtp-server.js';
import { until } from '../support/process/wait-until.js';
import { HostedAuth } from '../support/supabase/hosted-auth.js';

const next = 'seven-quiet-herons-cross-the-yard';

describe('the owner of an account', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(async () => {
    await service.discard();
  });

  const subjects = (email: string): string[] => mailsTo(service.home, email).map(({ subject }) => subject);
  const told = async (email: string, wanted: readonly string[]): Promise<void> => {
    await until(() => subjects(email).length >= wanted.length, `mails: ${wanted.join(', ')}`);
    expect(subjects(email)).toEqual(wanted);
  };
  const post = (account: Account, path: string, body: unknown) =>
    account.visitor.call(`/api/v1/${path}`, { token: account.token, body });

  it('is told by mail of a changed password, with time and network address and none of its words', async () => {
    const account = await signUp(service);
    const body = { current_password: password, new_password: next };
    expect((await post(account, 'auth/password-change', body)).status).toBe(200);
    await told(account.email, ['Your password was changed']);
    const [mail] = mailsTo(service.home, account.email);
    expect(mail?.text).toMatch(/Time: \d{4}-\d\d-\d\dT.*Z\nNetwork address: 127\./);
    for (const word of [password, next]) expect(mail?.text).not.toContain(word);
    // Sent once, and the address is not kept.
    const rows = () =>
      ask(service.home, 'select recipient from velro.notices where user_id = $1', [account.id]);
    await until(async () => JSON.stringify(await rows()) === '[{"recipient":""}]', 'an erased address');
  });

  it('is told of a reset beside the mail of the reset itself', async () => {
    const { id, email } = await signUp(service);
    await ask(service.home, 'update velro.users set proven_at = now() where id = $1', [id]);
    await service.visitor().call('/api/v1/auth/password-reset', { body: { email } });
    const token = await linkTo(service.home, email);
    const confirm = { token, new_password: next };
    expect(
      (await service.visitor().call('/api/v1/auth/password-reset-confirm', { body: confirm })).status,
    ).toBe(204);
    await until(() => subjects(email).includes('Your password was changed'), 'the mail');
  });

  it('is told of a second factor that was switched on, of new recovery codes and of its end', async () => {
    const account = await signUp(service);
    const enrolled = await post(account, 'auth/mfa/enroll', {});
    const secret = enrolled.json.secret as string;
    await steadyMoment();
    const activated = await post(account, 'auth/mfa/activate', { code: codeAt(secret, now()) });
    expect(activated.status).toBe(200);
    const stepped = await post(account, 'auth/step-up', {
      code: (activated.json.recovery_codes as string[])[0],
    });
    const strong = { ...account, token: stepped.json.access_token as string };
    expect((await post(strong, 'auth/mfa/recovery-codes', {})).status).toBe(200);
    const removed = await strong.visitor.call('/api/v1/auth/mfa', { method: 'DELETE', token: strong.token });
    expect(removed.status).toBe(204);
    await told(account.email, [
      'Two-step sign-in was switched on',
      'Your recovery codes were replaced',
      'Two-step sign-in was switched off',
    ]);
  });

  it('is told of an API key that was created and of one that was rotated', async () => {
    const owner = await KeyOwner.signUp(service, []);
    const { id } = await owner.key();
    await owner.rotate(id);
    await told(owner.account.email, ['An API key was created', 'An API key was rotated']);
  });

  it('is told of a device that was not seen before, and not of the first or of a known one', async () => {
    const account = await signUp(service);
    const login = (headers: Record<string, string>) =>
      service.visitor().call('/api/v1/auth/login', { body: { email: account.email, password }, headers });
    const second = await login({});
    await told(account.email, ['A new device signed in']);
    await login({ 'x-device-token': second.json.device_token as string });
    await login({ 'user-agent': 'Visit evil.example now' });
    await told(account.email, ['A new device signed in', 'A new device signed in']);
    // Mails are no means to flood somebody: three of a kind in an hour.
    for (let more = 0; more < 5; more++) await login({});
    await told(account.email, Array<string>(3).fill('A new device signed in'));
    expect(JSON.stringify(mailsTo(service.home, account.email))).not.toContain('evil');
  });

  it('is told nothing of a change that did not happen', async () => {
    const account = await signUp(service);
    const body = { current_password: `${password}x`, new_password: next };
    expect((await post(account, 'auth/password-change', body)).status).toBe(401);
    const after = await signUp(service);
    await post(after, 'auth/password-change', { ...body, current_password: password });
    await told(after.email, ['Your password was changed']);
    expect(subjects(account.email)).toEqual([]);
  });
});

/** Somebody who signed in by a provider, with a key made just now: one notice. Returns the address. */
async function personWithKey(service: Service, auth: HostedAuth): Promise<string> {
  const email = `${randomUUID()}@example.com`;
  const { json } = await service.visitor().call('/api/v1/auth/exchange', {
    body: { supabase_access_token: auth.login(email, 'oauth') },
  });
  const body = { name: 'robot', scopes: ['account:read'] };
  const made = await service.visitor().call('/api/v1/api-keys', { token: json.access_token as string, body });
  expect(made.status).toBe(201);
  return email;
}

describe('mails of the service by SMTP', () => {
  let auth: HostedAuth;
  let smtp: SmtpServer;
  let service: Service;
  beforeAll(async () => {
    [auth, smtp] = await Promise.all([HostedAuth.start(), SmtpServer.start()]);
    service = await Service.start({
      ...auth.env,
      SMTP_URL: smtp.url,
      MAIL_FROM: 'Velro <no-reply@velro.example>',
    });
  });
  afterAll(async () => {
    await service.discard();
    await Promise.all([auth.stop(), smtp.stop()]);
  });

  const withKey = () => personWithKey(service, auth);

  it('come from MAIL_FROM as plain text, marked as sent by a machine', async () => {
    const email = await withKey();
    await until(() => smtp.to(email).length > 0, 'the mail');
    const [mail] = smtp.to(email);
    expect(mail?.from).toBe('no-reply@velro.example');
    for (const line of [
      /^From: Velro <no-reply@velro\.example>/m,
      /^Subject: An API key was created/m,
      /^Auto-Submitted: auto-generated/im,
      /^Message-ID: <[0-9a-f-]{36}@velro>/m,
    ])
      expect(mail?.data).toMatch(line);
  });

  it.each(['hang', 'reset', 'busy', 'garbage'] as const)(
    'are sent once the mail server is well again after: %s; no request waits for it',
    async (fault) => {
      smtp.fault = fault;
      const before = smtp.connections;
      const email = await withKey();
      await until(() => smtp.connections > before, 'a first try');
      expect(smtp.to(email)).toEqual([]);
      smtp.fault = 'none';
      // A server that answers nothing holds the first try for its time limit.
      await until(() => smtp.to(email).length > 0, 'the mail');
      expect(smtp.to(email)).toHaveLength(1);
    },
  );

  it('name nobody in the log while they fail', async () => {
    smtp.fault = 'busy';
    const email = await withKey();
    const failed = () =>
      ask(service.home, "select output from pgboss.job where name = 'notice' and state = 'retry'");
    await until(async () => (await failed()).length > 0, 'a failed try');
    expect(JSON.stringify(await failed())).toContain('the mail server did not accept the mail');
    expect(JSON.stringify(await failed())).not.toContain(email);
    expect(service.printed).not.toContain(email);
    smtp.fault = 'none';
    await until(() => smtp.to(email).length > 0, 'the mail');
  });
});

describe('a service without a mail server', () => {
  let auth: HostedAuth;
  let service: Service;
  beforeAll(async () => {
    auth = await HostedAuth.start();
    service = await Service.start(auth.env);
  });
  afterAll(async () => {
    await service.discard();
    await auth.stop();
  });

  it('says so at boot, stores nothing to send, and works', async () => {
    expect(service.printed).toContain('SMTP_URL is not set: nobody is told by mail');
    await personWithKey(service, auth);
    expect(await ask(service.home, 'select 1 from velro.notices')).toEqual([]);
  });

  it('refuses a change of the address, and stores nothing', async () => {
    const call = (path: string, body: unknown, token?: string) =>
      service.visitor().call(`/api/v1/auth/${path}`, { body, ...(token === undefined ? {} : { token }) });
    const login = auth.login(`${randomUUID()}@example.com`, 'oauth');
    const { json } = await call('exchange', { supabase_access_token: login });
    const body = { email: `${randomUUID()}@example.com` };
    const refused = await call('email-change', body, json.access_token as string);
    expect([refused.status, refused.json.code]).toEqual([409, 'email_change_unconfigured']);
    expect(await ask(service.home, 'select 1 from velro.email_changes')).toEqual([]);
  });
});
