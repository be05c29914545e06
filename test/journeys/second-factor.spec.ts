import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeAt, now, steadyMoment } from '../support/accounts/authenticator.js';
import { ask } from '../support/database/database.js';
import { linkTo } from '../support/accounts/outbox.js';
import { password, Service, signUp, type Account } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';

describe('a second factor', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(async () => {
    await service.discard();
  });

  const call = (account: Account, path: string, body?: unknown, token = account.token) =>
    account.visitor.call(`/api/v1/auth/${path}`, {
      method: 'POST',
      token,
      ...(body === undefined ? {} : { body }),
    });
  const login = (account: Account, word = password) =>
    account.visitor.call('/api/v1/auth/login', { body: { email: account.email, password: word } });
  const verify = (account: Account, mfaToken: string, code: string) =>
    account.visitor.call('/api/v1/auth/mfa/verify', { body: { mfa_token: mfaToken, code } });

  /** Enrols by the code of the step before, so that the present and the next one are still unused. */
  /** Before its first proof of the address, a reset would remove the factor. */
  const proven = ({ id }: Account) =>
    ask(service.home, 'update velro.users set proven_at = now() where id = $1', [id]);
  const enrol = async (account: Account): Promise<{ secret: string; recovery: string[] }> => {
    await steadyMoment();
    const { json } = await call(account, 'mfa/enroll');
    expect(json.qr_code).toMatch(/^data:image\/png;base64,/);
    const activated = await call(account, 'mfa/activate', {
      code: codeAt(json.secret as string, now() - 30),
    });
    expect([activated.status, activated.json.recovery_codes?.length]).toEqual([200, 10]);
    return { secret: json.secret as string, recovery: activated.json.recovery_codes as string[] };
  };

  /** The token of a device that has signed in with the factor. */
  const deviceOf = async (account: Account, code: string): Promise<string> => {
    await ask(service.home, 'delete from velro.mfa_attempts where user_id = $1', [account.id]);
    const half = await login(account);
    return (await verify(account, half.json.mfa_token as string, code)).json.device_token as string;
  };

  it('is required at the next sign-in: the password alone begins no session, password and code do', async () => {
    const account = await signUp(service);
    const { secret } = await enrol(account);
    const half = await login(account);
    expect([half.status, Object.keys(half.json).sort()]).toEqual([
      200,
      ['expires_in', 'mfa_required', 'mfa_token'],
    ]);
    expect((await account.visitor.call('/api/v1/auth/session', { token: half.json.mfa_token })).status).toBe(
      401,
    );
    const wrong = await verify(account, half.json.mfa_token as string, '000000');
    expect([wrong.status, wrong.json.code]).toEqual([401, 'mfa_code_invalid']);
    const whole = await verify(account, half.json.mfa_token as string, codeAt(secret, now()));
    expect([whole.status, whole.json.user.mfa_enabled]).toEqual([200, true]);
    expect(
      (await account.visitor.call('/api/v1/auth/me', { token: whole.json.access_token })).json.mfa_enabled,
    ).toBe(true);
    const again = await verify(account, half.json.mfa_token as string, codeAt(secret, now() + 30));
    expect([again.status, again.json.code]).toEqual([401, 'mfa_token_invalid']);
  });

  it('ends the other sessions at once when activated, and keeps the calling one', async () => {
    const account = await signUp(service);
    const other = (await login(account)).json.access_token as string;
    await enrol(account);
    expect((await account.visitor.call('/api/v1/auth/session', { token: other })).status).toBe(401);
    expect((await account.visitor.call('/api/v1/auth/session', { token: account.token })).status).toBe(200);
  });

  it('has recovery codes that are accepted once each', async () => {
    const account = await signUp(service);
    const { recovery } = await enrol(account);
    const challenge = async (): Promise<string> => (await login(account)).json.mfa_token as string;
    expect((await verify(account, await challenge(), recovery[0] ?? '')).status).toBe(200);
    expect((await verify(account, await challenge(), recovery[0] ?? '')).status).toBe(401);
    expect((await verify(account, await challenge(), recovery[1] ?? '')).status).toBe(200);
  });

  it('accepts one of twenty concurrent uses of the same code', async () => {
    const account = await signUp(service);
    const { recovery } = await enrol(account);
    const mfaToken = (await login(account)).json.mfa_token as string;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => verify(account, mfaToken, recovery[0] ?? '')),
    );
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  });

  it('allows five wrong codes, whatever the result of the password', async () => {
    const account = await signUp(service);
    await enrol(account);
    const mfaToken = (await login(account)).json.mfa_token as string;
    const statuses: number[] = [];
    for (let hit = 0; hit < 7; hit++)
      statuses.push((await verify(account, mfaToken, String(hit).padStart(6, '0'))).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  it('cannot be locked for its owner by an attacker with the password: a known device has its own count', async () => {
    const account = await signUp(service);
    const { recovery } = await enrol(account);
    const stranger = service.visitor();
    const half = await stranger.call('/api/v1/auth/login', { body: { email: account.email, password } });
    const guess = (code: string, headers: Record<string, string> = {}) =>
      stranger.call('/api/v1/auth/mfa/verify', {
        body: { mfa_token: half.json.mfa_token as string, code },
        headers,
      });
    for (let hit = 0; hit < 5; hit++) expect((await guess(String(hit).padStart(6, '0'))).status).toBe(401);
    expect((await guess(recovery[0] ?? '')).status).toBe(429);
    const device = { 'x-device-token': await deviceOf(account, recovery[1] ?? '') };
    for (let hit = 0; hit < 5; hit++)
      expect((await guess(String(hit).padStart(6, '0'), device)).status).toBe(401);
    expect((await guess(recovery[2] ?? '', device)).status).toBe(429);
  });

  it('is locked for unknown devices after a hundred consecutive wrong codes, until a reset of the password', async () => {
    const account = await signUp(service);
    await proven(account);
    const { secret, recovery } = await enrol(account);
    const device = { 'x-device-token': await deviceOf(account, recovery[1] ?? '') };
    await ask(
      service.home,
      "insert into velro.mfa_attempts (user_id, tried_at, failures) values ($1, '{}', 100) on conflict (user_id, source) do update set tried_at = '{}', failures = 100",
      [account.id],
    );
    const mfaToken = (await login(account)).json.mfa_token as string;
    const refused = await verify(account, mfaToken, recovery[0] ?? '');
    expect([refused.status, refused.json.code]).toEqual([429, 'account_guesses_exceeded']);
    const known = await account.visitor.call('/api/v1/auth/mfa/verify', {
      body: { mfa_token: mfaToken, code: recovery[0] },
      headers: device,
    });
    expect(known.status).toBe(200);
    await account.visitor.call('/api/v1/auth/password-reset', { body: { email: account.email } });
    const reset = await account.visitor.call('/api/v1/auth/password-reset-confirm', {
      body: { token: await linkTo(service.home, account.email), new_password: 'quiet-heron' },
    });
    expect(reset.status).toBe(204);
    const again = (await login(account, 'quiet-heron')).json.mfa_token as string;
    expect((await verify(account, again, codeAt(secret, now()))).status).toBe(200);
  });

  it('cannot be replaced or removed from an old session without step-up', async () => {
    const account = await signUp(service);
    const { secret } = await enrol(account);
    await ask(
      service.home,
      "update velro.sessions set auth_time = now() - interval '11 minutes' where user_id = $1",
      [account.id],
    );
    const { json } = await account.visitor.call('/api/v1/auth/refresh', {
      body: { refresh_token: account.refreshToken },
    });
    const old = json.access_token as string;
    const refused = await account.visitor.call('/api/v1/auth/mfa', { method: 'DELETE', token: old });
    expect([refused.status, refused.json.code]).toEqual([401, 'step_up_required']);
    expect(refused.headers['www-authenticate']).toContain('insufficient_user_authentication');
    const byPassword = await call(account, 'step-up', { password }, old);
    expect([byPassword.status, byPassword.json.code]).toEqual([401, 'mfa_code_invalid']);
    const byCode = await call(account, 'step-up', { code: codeAt(secret, now()) }, old);
    expect(byCode.status).toBe(200);
    expect(
      (await account.visitor.call('/api/v1/auth/mfa', { method: 'DELETE', token: byCode.json.access_token }))
        .status,
    ).toBe(204);
    expect((await login(account)).json.access_token).toEqual(expect.any(String));
  });

  it('is not proven by a change of the password: the new session keeps the auth_time of the calling one', async () => {
    const account = await signUp(service);
    await enrol(account);
    await ask(
      service.home,
      "update velro.sessions set auth_time = now() - interval '11 minutes' where user_id = $1",
      [account.id],
    );
    const { json } = await account.visitor.call('/api/v1/auth/refresh', {
      body: { refresh_token: account.refreshToken },
    });
    const changed = await call(
      account,
      'password-change',
      { current_password: password, new_password: 'quiet-heron' },
      json.access_token as string,
    );
    expect(changed.status).toBe(200);
    const refused = await account.visitor.call('/api/v1/auth/mfa', {
      method: 'DELETE',
      token: changed.json.access_token as string,
    });
    expect([refused.status, refused.json.code]).toEqual([401, 'step_up_required']);
  });

  it('removes the known devices when activated', async () => {
    const account = await signUp(service);
    const before = (await login(account)).json.device_token as string;
    await enrol(account);
    const mfaToken = (await login(account)).json.mfa_token as string;
    const guess = (code: string) =>
      service.visitor().call('/api/v1/auth/mfa/verify', {
        body: { mfa_token: mfaToken, code },
        headers: { 'x-device-token': before },
      });
    for (let hit = 0; hit < 5; hit++) expect((await guess(String(hit).padStart(6, '0'))).status).toBe(401);
    // They were the strangers' tries.
    expect((await verify(account, mfaToken, '000009')).status).toBe(429);
  });

  it('does not block a reset of the password, and is required after it', async () => {
    const account = await signUp(service);
    await proven(account);
    const { recovery } = await enrol(account);
    await account.visitor.call('/api/v1/auth/password-reset', { body: { email: account.email } });
    const next = 'seven-quiet-herons-cross-the-yard';
    const token = await linkTo(service.home, account.email);
    expect(
      (
        await account.visitor.call('/api/v1/auth/password-reset-confirm', {
          body: { token, new_password: next },
        })
      ).status,
    ).toBe(204);
    const half = await login(account, next);
    expect(half.json.mfa_required).toBe(true);
    expect((await verify(account, half.json.mfa_token as string, recovery[0] ?? '')).status).toBe(200);
  });

  it('is required of administrators: without one, their token only allows enrolling', async () => {
    const account = await signUp(service);
    await ask(service.home, "update velro.users set role = 'admin' where id = $1", [account.id]);
    const admin = { ...account, token: (await login(account)).json.access_token as string, refreshToken: '' };
    const session = await admin.visitor.call('/api/v1/auth/session', { token: admin.token });
    expect(session.json.role).toBe('enrolling');
    const refused = await admin.visitor.call('/api/v1/generations', { token: admin.token });
    expect([refused.status, refused.json.code]).toEqual([403, 'mfa_enrolment_required']);
    const { secret } = await enrol(admin);
    const half = await login(account);
    const whole = await verify(account, half.json.mfa_token as string, codeAt(secret, now()));
    expect(
      (await admin.visitor.call('/api/v1/auth/session', { token: whole.json.access_token })).json.role,
    ).toBe('admin');
    expect((await admin.visitor.call('/api/v1/generations', { token: whole.json.access_token })).status).toBe(
      200,
    );
  });

  it('leaves neither its secret nor a code in the log or in the clear in the database', async () => {
    const account = await signUp(service);
    const { secret, recovery } = await enrol(account);
    const rows = await ask<{ row: string }>(
      service.home,
      "select f::text || encode(sealed_secret, 'escape') as row from velro.mfa_factors f union all select c::text from velro.mfa_recovery_codes c",
    );
    const all = rows.map(({ row }) => row).join() + service.printed;
    for (const word of [secret, ...recovery]) expect(all).not.toContain(word);
  });
});
