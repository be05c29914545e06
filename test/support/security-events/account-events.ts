import { randomUUID } from 'node:crypto';
import { randomBytes } from 'node:crypto';
import { ask } from '../database/database.js';
import { linkTo } from '../accounts/outbox.js';
import { password } from '../process/service.js';
import { asUser, type EventRow } from './event-stage.js';

const next = 'seven-quiet-herons-cross-the-yard';
const wrong = 'wrong-otter-paints-9-quiet-bridges';

const signIn: readonly EventRow[] = [
  {
    text: 'AUTH account created',
    event: 'user_created',
    level: 'LOW',
    by: 'a registration',
    arrange: (stage) => () => stage.person(),
  },
  {
    text: 'AUTH signed in',
    event: 'authn_login_success',
    level: 'LOW',
    by: 'a registration',
    arrange: (stage) => () => stage.person(),
  },
  {
    text: 'AUTH signed in',
    event: 'authn_login_success',
    level: 'LOW',
    by: 'a right password',
    arrange: async (stage) => {
      const account = await stage.person();
      // From another address: equal events of one subject are one line a minute, and the registration was one.
      return () => stage.login({ ...account, visitor: stage.visitor() });
    },
  },
  {
    text: 'AUTH change of address requested',
    event: 'user_updated',
    level: 'LOW',
    by: 'its owner, after a fresh proof',
    arrange: async (stage) => {
      const account = await stage.person();
      const body = { email: `${randomUUID()}@example.com` };
      return () => asUser(account, '/auth/email-change', { body });
    },
  },
  {
    text: 'AUTH address changed',
    event: 'user_updated',
    level: 'LOW',
    by: 'the link of the mail to the new address',
    arrange: async (stage) => {
      const account = await stage.person();
      const email = `${randomUUID()}@example.com`;
      await asUser(account, '/auth/email-change', { body: { email } });
      const token = await linkTo(stage.service.home, email);
      return () => asUser(account, '/auth/email-change-confirm', { body: { token } });
    },
  },
  {
    text: 'AUTH sign-in refused',
    event: 'authn_login_fail',
    level: 'LOW',
    by: 'a wrong password',
    arrange: async (stage) => {
      const account = await stage.person();
      return () => stage.login(account, wrong);
    },
  },
  {
    text: 'AUTH sign-in refused',
    event: 'authn_login_fail',
    level: 'LOW',
    by: 'the right password of a disabled account',
    arrange: async (stage) => {
      const account = await stage.person();
      await ask(stage.service.home, 'update velro.users set disabled_at = now() where id = $1', [account.id]);
      return () => stage.login(account);
    },
  },
  {
    text: 'AUTH sign-in refused',
    event: 'authn_login_fail',
    level: 'LOW',
    by: 'a token that the identity provider never issued',
    arrange: (stage) => () =>
      stage.visitor().call('/api/v1/auth/exchange', { body: { supabase_access_token: 'x'.repeat(100) } }),
  },
  {
    text: 'RATE-LIMITER auth_login exceeded',
    event: 'authn_login_lock',
    level: 'MEDIUM',
    by: 'the guess after a hundred at one account',
    arrange: async (stage) => {
      const account = await stage.person();
      await stage.login(account, wrong);
      await ask(stage.service.home, 'update velro.account_guesses set failures = 100 where user_id = $1', [
        account.id,
      ]);
      const body = { email: account.email, password: wrong };
      return () => stage.visitor().call('/api/v1/auth/login', { body });
    },
  },
];

const sessions: readonly EventRow[] = [
  ...(['this', 'others', 'all'] as const).map((scope): EventRow => ({
    text: `AUTH logout ${scope}`,
    event: 'session_logout',
    level: 'LOW',
    by: `a logout of ${scope}`,
    arrange: async (stage) => {
      const account = await stage.person();
      return () => asUser(account, '/auth/logout', { body: { scope } });
    },
  })),
  {
    text: 'AUTH logout one',
    event: 'session_logout',
    level: 'LOW',
    by: 'the removal of one session',
    arrange: async (stage) => {
      const account = await stage.person();
      const { json } = await asUser(account, '/auth/sessions');
      const id = String(json.data[0].id);
      return () => asUser(account, `/auth/sessions/${id}`, { method: 'DELETE' });
    },
  },
  {
    text: 'AUTH refresh token reused',
    event: 'authn_token_reuse',
    level: 'HIGH',
    by: 'a refresh token whose successor has been in use for longer than the grace',
    arrange: async (stage) => {
      const account = await stage.person();
      const refresh = (token: string) =>
        account.visitor.call('/api/v1/auth/refresh', { body: { refresh_token: token } });
      await refresh((await refresh(account.refreshToken)).json.refresh_token as string);
      await ask(
        stage.service.home,
        `update velro.refresh_tokens t set used_at = used_at - interval '11 seconds'
         from velro.sessions s where s.id = t.session_id and s.user_id = $1 and used_at is not null`,
        [account.id],
      );
      return () => refresh(account.refreshToken);
    },
  },
  {
    text: 'AUTH password changed',
    event: 'authn_password_change',
    level: 'LOW',
    by: 'a change by whoever knows the present one',
    arrange: async (stage) => {
      const account = await stage.person();
      const body = { current_password: password, new_password: next };
      return () => asUser(account, '/auth/password-change', { body });
    },
  },
  {
    text: 'AUTH password reset',
    event: 'authn_password_change',
    level: 'LOW',
    by: 'the link of the mail',
    arrange: async (stage) => {
      const { email, visitor } = await stage.person();
      await visitor.call('/api/v1/auth/password-reset', { body: { email } });
      const token = await linkTo(stage.service.home, email);
      return () =>
        visitor.call('/api/v1/auth/password-reset-confirm', { body: { token, new_password: next } });
    },
  },
  {
    text: 'AUTH refresh token unknown',
    event: 'authn_login_fail',
    level: 'LOW',
    by: 'a refresh token that nobody was given',
    arrange: (stage) => () => {
      const token = randomBytes(48).toString('base64url');
      return stage.visitor().call('/api/v1/auth/refresh', { body: { refresh_token: token } });
    },
  },
  {
    text: 'RATE-LIMITER password_reset exceeded',
    event: 'excess_rate_limit_exceeded',
    level: 'LOW',
    by: 'a fourth mail to one address within an hour, from anywhere',
    arrange: async (stage) => {
      const { email } = await stage.person();
      const reset = () => stage.visitor().call('/api/v1/auth/password-reset', { body: { email } });
      for (let mail = 0; mail < 3; mail++) await reset();
      return reset;
    },
  },
];

const apiKeys: readonly EventRow[] = [
  {
    text: 'API-KEY created',
    event: 'authn_token_created',
    level: 'LOW',
    by: 'its owner',
    arrange: async (stage) => {
      const account = await stage.person();
      return () => asUser(account, '/api-keys', { body: { name: 'robot', scopes: ['account:read'] } });
    },
  },
  {
    text: 'API-KEY rotated',
    event: 'authn_token_created',
    level: 'LOW',
    by: 'its owner',
    arrange: async (stage) => {
      const account = await stage.person();
      const { json } = await asUser(account, '/api-keys', {
        body: { name: 'robot', scopes: ['account:read'] },
      });
      return () => asUser(account, `/api-keys/${String(json.id)}/rotate`, { body: {} });
    },
  },
  {
    text: 'API-KEY limits changed',
    event: 'authz_change',
    level: 'LOW',
    by: 'its owner',
    arrange: async (stage) => {
      const account = await stage.person();
      const { json } = await asUser(account, '/api-keys', {
        body: { name: 'robot', scopes: ['account:read'] },
      });
      return () =>
        asUser(account, `/api-keys/${String(json.id)}/limits`, {
          method: 'PUT',
          body: { monthly_credits: 10 },
        });
    },
  },
  {
    text: 'API-KEY deleted',
    event: 'authn_token_revoked',
    level: 'LOW',
    by: 'its owner',
    arrange: async (stage) => {
      const account = await stage.person();
      const { json } = await asUser(account, '/api-keys', {
        body: { name: 'robot', scopes: ['account:read'] },
      });
      return () => asUser(account, `/api-keys/${String(json.id)}`, { method: 'DELETE' });
    },
  },
];

export const accountEvents: readonly EventRow[] = [...signIn, ...sessions, ...apiKeys];
