import { signingSecret, underForeignKey, withClaims } from '../tokens/forged-tokens.js';
import type { Visitor } from '../http/http.js';
import type { Account } from '../process/service.js';
import { asUser, type EventRow, type EventStage } from './event-stage.js';

const session = (visitor: Visitor, token: string) => visitor.call('/api/v1/auth/session', { token });
const seconds = (): number => Math.floor(Date.now() / 1000);

/** Shows a token that is made from a good one. */
const shown =
  (make: (account: Account, stage: EventStage) => string | Promise<string>): EventRow['arrange'] =>
  async (stage) => {
    const token = await make(await stage.person(), stage);
    return () => session(stage.visitor(), token);
  };
const claimed = (changes: () => Record<string, unknown>) =>
  shown(({ token }, { service }) => withClaims(signingSecret(service.home), token, changes()));
const keyOf = async (account: Account, body: object = {}): Promise<{ id: string; key: string }> => {
  const order = { name: 'robot', scopes: ['account:read'], ...body };
  const { json } = await asUser(account, '/api-keys', { body: order });
  return { id: String(json.id), key: String(json.key) };
};

const violation = (
  reason: string,
  event: EventRow['event'],
  level: EventRow['level'],
  arrange: EventRow['arrange'],
): EventRow => ({
  text: `AUTH-MIDDLEWARE VIOLATION ${reason}`,
  event,
  level,
  by: 'a token or key that is refused',
  arrange,
});

export const tokenEvents: readonly EventRow[] = [
  violation(
    'malformed',
    'authz_fail',
    'MEDIUM',
    shown(() => 'invalid-token'),
  ),
  violation(
    'signature',
    'authz_fail',
    'HIGH',
    shown(({ token }) => underForeignKey(token)),
  ),
  violation(
    'claims',
    'authz_fail',
    'MEDIUM',
    claimed(() => ({ aud: 'other' })),
  ),
  violation(
    'expired',
    'session_use_after_expire',
    'LOW',
    claimed(() => ({ iat: seconds() - 2000, nbf: seconds() - 2000, exp: seconds() - 1100 })),
  ),
  violation(
    'revoked',
    'authn_token_reuse',
    'MEDIUM',
    shown(async (account) => {
      await asUser(account, '/auth/logout', { body: {} });
      return account.token;
    }),
  ),
  violation(
    'key_revoked',
    'authn_token_reuse',
    'MEDIUM',
    shown(async (account) => {
      const { id, key } = await keyOf(account);
      await asUser(account, `/api-keys/${id}`, { method: 'DELETE' });
      return key;
    }),
  ),
  violation(
    'key_address',
    'authz_fail',
    'HIGH',
    shown(async (account) => {
      const { key } = await keyOf(account, { addresses: ['192.0.2.1'] });
      return key;
    }),
  ),
  {
    text: 'AUTHORIZATION role refused',
    event: 'authz_fail',
    level: 'MEDIUM',
    by: 'a user on a route of administrators',
    arrange: async (stage) => {
      const { token } = await stage.person();
      return () => stage.allowed().call('/api/v1/admin/users', { token });
    },
  },
  {
    text: 'AUTHORIZATION scope missing',
    event: 'authz_fail',
    level: 'MEDIUM',
    by: 'a key without the scope of the route',
    arrange: async (stage) => {
      const account = await stage.person();
      const { key } = await keyOf(account);
      return () => account.visitor.call('/api/v1/generations', { token: key });
    },
  },
  {
    text: 'AUTHORIZATION step-up required',
    event: 'authz_fail',
    level: 'LOW',
    by: 'a token whose proof of identity is an hour old',
    arrange: async (stage) => {
      const { token, visitor } = await stage.person();
      const stale = withClaims(signingSecret(stage.service.home), token, { auth_time: seconds() - 3600 });
      return () => visitor.call('/api/v1/auth/mfa/enroll', { method: 'POST', token: stale });
    },
  },
];

/** Each is one level more of the same address. */
export const forgedTokenEvents: readonly EventRow[] = (['MEDIUM', 'HIGH', 'CRITICAL'] as const).map(
  (level, before): EventRow => ({
    text: `THREAT ${level} authentication_bypass`,
    event: 'authz_fail',
    level,
    by: `forged token number ${before + 1}`,
    arrange: async (stage) => {
      const { token } = await stage.person();
      const thief = stage.visitor();
      const show = () => session(thief, underForeignKey(token));
      for (let shows = 0; shows < before; shows++) await show();
      return show;
    },
  }),
);
