import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allScopes } from '../support/accounts/api-keys.js';
import { codeAt, now, steadyMoment } from '../support/accounts/authenticator.js';
import { linkTo, mailsTo } from '../support/accounts/outbox.js';
import { ask } from '../support/database/database.js';
import { password, Service, signUp, type Account } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';
import { SmtpServer } from '../support/mail/smtp-server.js';
import { until } from '../support/process/wait-until.js';
import { HostedAuth } from '../support/supabase/hosted-auth.js';

const next = 'seven-quiet-herons-cross-the-yard';
const newAddress = (): string => `${randomUUID()}@example.com`;
const unchanged = 'link_used';

describe('a change of the e-mail address', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(async () => {
    await service.discard();
  });

  const subjects = (email: string): string[] => mailsTo(service.home, email).map(({ subject }) => subject);
  const call = (path: string, body: unknown, token?: string) =>
    service.visitor().call(`/api/v1/${path}`, { body, ...(token === undefined ? {} : { token }) });
  const login = (email: string, word = password) => call('auth/login', { email, password: word });
  const request = (token: string, email: string) => call('auth/email-change', { email }, token);
  const confirm = (accessToken: string, token: string) =>
    call('auth/email-change-confirm', { token }, accessToken);
  const proven = async (): Promise<Account> => {
    const account = await signUp(service);
    await ask(service.home, 'update velro.users set proven_at = now() where id = $1', [account.id]);
    return account;
  };
  const asked = async (account: Account, email = newAddress()) => {
    const answer = await request(account.token, email);
    expect([answer.status, answer.json]).toEqual([202, { verification: 'sent' }]);
    return { email, link: await linkTo(service.home, email) };
  };
  /** The account has the address that it was made with, here and at the provider, and the link changes nothing. */
  const expectUnchanged = async ({ id, email }: Account, word = password): Promise<void> => {
    const signedIn = await login(email, word);
    expect([signedIn.status, signedIn.json.user?.id, signedIn.json.user?.email]).toEqual([200, id, email]);
  };

  it('holds once it is confirmed, tells both addresses, ends every session and keeps what the account has', async () => {
    const account = await proven();
    const elsewhere = (await login(account.email)).json.access_token as string;
    const key = (await call('api-keys', { name: 'robot', scopes: allScopes }, account.token)).json
      .key as string;
    const { email, link } = await asked(account);
    expect((await login(email)).status).toBe(401);
    const confirmed = await confirm(account.token, link);
    expect([confirmed.status, confirmed.json.user]).toEqual([
      200,
      expect.objectContaining({ id: account.id, email }),
    ]);
    const me = (token: string) => service.visitor().call('/api/v1/auth/me', { token });
    for (const dead of [account.token, elsewhere]) expect((await me(dead)).status).toBe(401);
    for (const alive of [confirmed.json.access_token as string, key])
      expect((await me(alive)).json).toMatchObject({ id: account.id, email });
    expect((await login(account.email)).status).toBe(401);
    expect((await login(email)).json.user).toMatchObject({ id: account.id, email });
    const confirmation = 'This is the e-mail address of your account now';
    await until(() => subjects(email).includes(confirmation), 'the mail to the new address');
    const changed = 'Your e-mail address was changed';
    await until(() => subjects(account.email).includes(changed), 'the mail to the former one');
    expect(subjects(account.email)).toContain('A change of your e-mail address was requested');
    // The former address is told that it changed, and not to what.
    expect(JSON.stringify(mailsTo(service.home, account.email))).not.toContain(email);
  });

  it('needs a session of the account beside the link: nobody else can confirm it', async () => {
    const [account, other] = [await proven(), await proven()];
    const { link } = await asked(account);
    expect((await call('auth/email-change-confirm', { token: link })).status).toBe(401);
    const foreign = await confirm(other.token, link);
    expect([foreign.status, foreign.json.code]).toEqual([403, unchanged]);
    await expectUnchanged(account);
    await expectUnchanged(other);
  });

  it('is not made by a link with another digit, of the other length, or made up', async () => {
    const account = await proven();
    const { link } = await asked(account);
    const flipped = link.slice(0, -1) + (link.endsWith('0') ? '1' : '0');
    for (const token of [flipped, link.slice(0, 32) + '0'.repeat(64), `${link}00`, 'f'.repeat(96), 'nothing'])
      expect((await confirm(account.token, token)).json.code).toBe(unchanged);
    await expectUnchanged(account);
  });

  it('to an address that another account has gets the same answer, and is refused to its holder alone', async () => {
    const [account, other] = [await proven(), await proven()];
    const { link } = await asked(account, other.email);
    const refused = await confirm(account.token, link);
    expect([refused.status, refused.json.code]).toEqual([409, 'email_taken']);
    expect((await confirm(account.token, link)).json.code).toBe(unchanged);
    await expectUnchanged(account);
    await expectUnchanged(other);
  });

  it.each([
    [
      'a change of the password',
      async (account: Account) => {
        const body = { current_password: password, new_password: next };
        return (await call('auth/password-change', body, account.token)).json.access_token as string;
      },
      next,
    ],
    [
      'a reset by the holder of the present address',
      async (account: Account) => {
        await call('auth/password-reset', { email: account.email });
        const token = await linkTo(service.home, account.email);
        await call('auth/password-reset-confirm', { token, new_password: next });
        return (await login(account.email, next)).json.access_token as string;
      },
      next,
    ],
    [
      'the end of all sessions',
      async (account: Account) => {
        await call('auth/logout', { scope: 'all' }, account.token);
        return (await login(account.email)).json.access_token as string;
      },
      password,
    ],
  ])('does not outlive %s', async (_title, end, word) => {
    const account = await proven();
    const { link } = await asked(account);
    const token = await end(account);
    const refused = await confirm(token, link);
    expect([refused.status, refused.json.code]).toEqual([403, unchanged]);
    await expectUnchanged(account, word);
  });

  it('is confirmed once, within an hour, and by the link of the last request', async () => {
    const account = await proven();
    const first = await asked(account);
    const second = await asked(account);
    expect((await confirm(account.token, first.link)).json.code).toBe(unchanged);
    const age = (minutes: number) =>
      ask(
        service.home,
        'update velro.email_changes set created_at = now() - make_interval(mins => $2) where user_id = $1',
        [account.id, minutes],
      );
    await age(61);
    expect((await confirm(account.token, second.link)).json.code).toBe(unchanged);
    await age(59);
    const confirmed = await confirm(account.token, second.link);
    expect(confirmed.json.user?.email).toBe(second.email);
    expect((await confirm(confirmed.json.access_token as string, second.link)).json.code).toBe(unchanged);
    expect(
      await ask(service.home, 'select 1 from velro.email_changes where user_id = $1', [account.id]),
    ).toEqual([]);
  });

  it('tells both addresses of each of several changes', async () => {
    const account = await proven();
    let [present, token] = [account.email, account.token];
    for (let change = 0; change < 2; change++) {
      const { email, link } = await asked({ ...account, token });
      const confirmed = await confirm(token, link);
      expect(confirmed.status).toBe(200);
      const former = present;
      await until(() => subjects(former).includes('Your e-mail address was changed'), 'the former address');
      await until(
        () => subjects(email).includes('This is the e-mail address of your account now'),
        'the new address',
      );
      [present, token] = [email, confirmed.json.access_token as string];
    }
  });

  it('ends a link for a reset that the former address got before', async () => {
    const account = await proven();
    await call('auth/password-reset', { email: account.email });
    const reset = await linkTo(service.home, account.email);
    const { email, link } = await asked(account);
    expect((await confirm(account.token, link)).status).toBe(200);
    const late = await call('auth/password-reset-confirm', { token: reset, new_password: next });
    expect([late.status, late.json.code]).toEqual([403, 'link_used']);
    expect((await login(email)).status).toBe(200);
  });

  it.each([(email: string) => email, (email: string) => email.toUpperCase()])(
    'to the address that the account has is refused, and sends nothing: %#',
    async (spelling) => {
      const account = await proven();
      const refused = await request(account.token, spelling(account.email));
      expect([refused.status, refused.json.errors]).toEqual([
        422,
        [expect.objectContaining({ field: 'email', code: 'unchanged' })],
      ]);
      expect(subjects(account.email)).toEqual([]);
    },
  );

  it('sends an address three mails an hour, whoever asks, with the same answer', async () => {
    const email = newAddress();
    for (let count = 1; count <= 3; count++) {
      expect((await request((await proven()).token, email)).status).toBe(202);
      await linkTo(service.home, email, count);
    }
    const fourth = await proven();
    expect((await request(fourth.token, email)).status).toBe(202);
    expect(
      await ask(service.home, 'select 1 from velro.email_changes where user_id = $1', [fourth.id]),
    ).toEqual([]);
    expect(subjects(email)).toHaveLength(3);
  });

  it('keeps the second factor of an account whose address was proven', async () => {
    const account = await proven();
    const enrolled = await call('auth/mfa/enroll', {}, account.token);
    await steadyMoment();
    const code = codeAt(enrolled.json.secret as string, now());
    const activated = await call('auth/mfa/activate', { code }, account.token);
    const { email, link } = await asked(account);
    const confirmed = await confirm(account.token, link);
    expect([confirmed.status, confirmed.json.user?.mfa_enabled]).toEqual([200, true]);
    const challenged = await login(email);
    expect(challenged.json).toMatchObject({ mfa_required: true });
    const [recoveryCode] = activated.json.recovery_codes as string[];
    const body = { mfa_token: challenged.json.mfa_token as string, code: recoveryCode };
    expect((await call('auth/mfa/verify', body)).json.user).toMatchObject({ id: account.id, email });
  });

  it('is a first proof where the former address was not proven: keys from before end', async () => {
    const account = await signUp(service);
    const key = (await call('api-keys', { name: 'robot', scopes: allScopes }, account.token)).json
      .key as string;
    const { email, link } = await asked(account);
    const confirmed = await confirm(account.token, link);
    expect(confirmed.json.user?.email).toBe(email);
    expect((await service.visitor().call('/api/v1/auth/me', { token: key })).status).toBe(401);
    const rows = await ask<{ proven: boolean }>(
      service.home,
      'select proven_at is not null as proven from velro.users where id = $1',
      [account.id],
    );
    expect(rows).toEqual([{ proven: true }]);
  });
});

describe('a change of the e-mail address at hosted Supabase Auth', () => {
  let auth: HostedAuth;
  let smtp: SmtpServer;
  let service: Service;
  beforeAll(async () => {
    [auth, smtp] = await Promise.all([HostedAuth.start(), SmtpServer.start()]);
    service = await Service.start({
      ...auth.env,
      SMTP_URL: smtp.url,
      MAIL_FROM: 'Velro <no-reply@velro.example>',
      CORS_ORIGINS: 'https://app.example.com,https://other.example.com',
    });
  });
  afterAll(async () => {
    await service.stop();
    await Promise.all([auth.stop(), smtp.stop()]);
  });

  const post = (path: string, body: unknown, token?: string) =>
    service.visitor().call(`/api/v1/auth/${path}`, { body, ...(token === undefined ? {} : { token }) });
  const social = async () => {
    const email = newAddress();
    const { json } = await post('exchange', { supabase_access_token: auth.login(email, 'oauth') });
    return { email, id: json.user.id as string, token: json.access_token as string };
  };
  const linkFor = async (token: string): Promise<{ email: string; link: string }> => {
    const email = newAddress();
    expect((await post('email-change', { email }, token)).status).toBe(202);
    await until(() => smtp.to(email).length > 0, 'the mail');
    // The first of CORS_ORIGINS.
    expect(smtp.to(email)[0]?.data.replace(/=\r?\n/g, '')).toContain(
      'https://app.example.com/auth/email-change',
    );
    return { email, link: smtp.tokenTo(email) };
  };

  it('ends a link for a reset there, and admits no password to an account of a social login', async () => {
    const { email: former, id, token } = await social();
    await post('password-reset', { email: former });
    await until(() => auth.tokensTo(former, 'recovery').length > 0, 'the mail of the reset');
    const { email, link } = await linkFor(token);
    const confirmed = await post('email-change-confirm', { token: link }, token);
    expect([confirmed.status, confirmed.json.user]).toEqual([200, expect.objectContaining({ id, email })]);
    expect(auth.find(email)?.id).toBe(id);
    const reset = { token: auth.tokensTo(former, 'recovery')[0], new_password: next };
    expect((await post('password-reset-confirm', reset)).json.code).toBe('link_used');
    const rows = await ask<{ proven: boolean }>(
      service.home,
      'select proven_at is not null as proven from velro.users where id = $1',
      [id],
    );
    expect(rows).toEqual([{ proven: false }]);
  });

  it('writes its link, its token and the new address to no log', async () => {
    const { token } = await social();
    const { email, link } = await linkFor(token);
    await post('email-change-confirm', { token: link }, token);
    await service.logged();
    for (const secret of [link, email]) expect(service.printed).not.toContain(secret);
  });
});
