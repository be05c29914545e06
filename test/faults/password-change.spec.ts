import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import type { Answer } from '../support/http/http.js';
import { ProviderProxy, setsPassword, signsIn } from '../support/generations/provider-proxy.js';
import { password, Service, signUp, type Account } from '../support/process/service.js';
import { SupabaseBeside } from '../support/supabase/supabase-beside.js';

const next = 'seven-quiet-herons-cross-the-yard';

describe('a change of a password under faults', () => {
  let supabase: SupabaseBeside;
  let proxy: ProviderProxy;
  let service: Service;
  beforeAll(async () => {
    supabase = await SupabaseBeside.start();
    proxy = await ProviderProxy.to(supabase.env['SUPABASE_URL'] ?? '');
    service = await Service.start({ ...supabase.env, SUPABASE_URL: proxy.url });
  });
  afterEach(() => {
    proxy.letPass();
  });
  afterAll(async () => {
    await service.discard();
    proxy.close();
    await supabase.stop();
  });

  const attempt = (account: Account, word: string): Promise<Answer> =>
    service.visitor().call('/api/v1/auth/login', { body: { email: account.email, password: word } });
  const login = async (account: Account, word = password): Promise<number> =>
    (await attempt(account, word)).status;
  const session = async (token: unknown): Promise<number> =>
    (await service.visitor().call('/api/v1/auth/session', { token: String(token) })).status;
  const change = (account: Account, to = next): Promise<Answer> =>
    account.visitor.call('/api/v1/auth/password-change', {
      token: account.token,
      body: { current_password: password, new_password: to },
    });
  const lapse = (account: Account): Promise<unknown> =>
    ask(service.home, 'update velro.users set password_changing_until = now() where id = $1', [account.id]);

  it('leaves no session of the old password when the service is killed, and accepts the new one', async () => {
    const account = await signUp(service);
    const elsewhere = await attempt(account, password);
    proxy.holdBefore(setsPassword);
    const changing = change(account).catch(() => null);
    const held = await proxy.nextHeld();
    // The provider has been asked and has not answered: the old password still opens there, and nothing here.
    expect(await login(account)).toBe(503);
    await service.kill();
    held.release();
    await changing;
    service = await Service.start({ ...supabase.env, SUPABASE_URL: proxy.url }, service.home);
    for (const token of [account.token, elsewhere.json.access_token]) expect(await session(token)).toBe(401);
    const refreshed = await service
      .visitor()
      .call('/api/v1/auth/refresh', { body: { refresh_token: elsewhere.json.refresh_token } });
    expect(refreshed.status).toBe(401);
    await lapse(account);
    expect([await login(account), await login(account, next)]).toEqual([401, 200]);
  });

  it('refuses a concurrent reset, and is not undone later', async () => {
    const account = await signUp(service);
    await account.visitor.call('/api/v1/auth/password-reset', { body: { email: account.email } });
    const token = await supabase.linkTo(account.email);
    proxy.holdBefore(setsPassword);
    const changing = change(account);
    const held = await proxy.nextHeld();
    proxy.letPass();
    const reset = await service
      .visitor()
      .call('/api/v1/auth/password-reset-confirm', { body: { token, new_password: `${next}-reset` } });
    expect([reset.status, reset.json.code]).toEqual([503, 'unavailable']);
    held.release();
    expect((await changing).status).toBe(200);
    expect([await login(account, next), await login(account, `${next}-reset`)]).toEqual([200, 401]);
  });

  it("blocks every sign-in while the provider's outcome is unknown", async () => {
    const account = await signUp(service);
    proxy.answerInstead((incoming) => (setsPassword(incoming) ? 'cut' : null));
    expect((await change(account)).status).toBe(503);
    proxy.letPass();
    expect([await session(account.token), await login(account)]).toEqual([401, 503]);
    await lapse(account);
    expect(await login(account)).toBe(200);
  });

  it('keeps the old password when the provider refuses the new one, and counts no failure', async () => {
    const account = await signUp(service);
    proxy.answerInstead((incoming) =>
      setsPassword(incoming)
        ? { status: 400, body: { code: 400, error_code: 'reauthentication_needed', msg: 'no' } }
        : null,
    );
    const answer = await change(account);
    expect([answer.status, answer.json.code]).toEqual([503, 'unavailable']);
    proxy.letPass();
    expect(await login(account)).toBe(200);
    const [count] = await ask<{ failures: number; pending: number }>(
      service.home,
      'select failures, pending from velro.account_guesses where user_id = $1',
      [account.id],
    );
    expect(count).toEqual({ failures: 0, pending: 0 });
  });

  it('is not undone by a sign-in whose password was checked before the change', async () => {
    const account = await signUp(service);
    proxy.holdAfter(signsIn);
    const signingIn = attempt(account, password);
    const held = await proxy.nextHeld();
    proxy.letPass();
    expect((await change(account)).status).toBe(200);
    held.release();
    const late = await signingIn;
    expect([late.status, late.json.code]).toEqual([503, 'unavailable']);
    expect(await login(account, next)).toBe(200);
  });

  it('issues no fresh token for a session or account that ended during the proof', async () => {
    for (const ending of [
      'update velro.users set disabled_at = now(), epoch = epoch + 1 where id = $1',
      'update velro.sessions set ended_at = now() where user_id = $1',
    ]) {
      const account = await signUp(service);
      proxy.holdAfter(signsIn);
      const stepping = account.visitor.call('/api/v1/auth/step-up', {
        token: account.token,
        body: { password },
      });
      const held = await proxy.nextHeld();
      proxy.letPass();
      await ask(service.home, ending, [account.id]);
      held.release();
      expect([ending, (await stepping).json.code]).toEqual([ending, 'token_invalid']);
    }
  });

  it('and a logout from everywhere concurrent with sign-ins both complete', async () => {
    const account = await signUp(service);
    const device = { 'x-device-token': String((await attempt(account, password)).json.device_token) };
    for (let round = 0; round < 5; round++) {
      const { json } = await service.visitor().call('/api/v1/auth/login', {
        body: { email: account.email, password },
        headers: device,
      });
      const answers = await Promise.all([
        service.visitor().call('/api/v1/auth/logout', {
          token: json.access_token as string,
          body: { scope: 'all' },
        }),
        service.visitor().call('/api/v1/auth/login', {
          body: { email: account.email, password },
          headers: device,
        }),
      ]);
      expect(answers[0].status).toBe(204);
      // Whoever was proven before the sign-out is told to come again.
      expect([200, 503]).toContain(answers[1].status);
    }
  });
});
