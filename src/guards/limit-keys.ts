import type { FastifyRequest } from 'fastify';
import {
  loginFailuresByAddress,
  refreshesByAddress,
  type RateLimitName,
} from '../../config/policy/perimeter/rate-limits.js';
import { canonicalEmail } from '../../config/values/email-address.js';
import { sharerOf } from './route/caller.js';
import type { LimitKey } from '../perimeter/limits/rate-limiter.js';

type LimitKeysOf = (request: FastifyRequest) => readonly LimitKey[];

const caller = ({ caller: known, clientAddress }: FastifyRequest): string =>
  known?.userId ?? clientAddress.key;
const byCaller =
  (rule: RateLimitName): LimitKeysOf =>
  (request) => [{ rule, who: caller(request) }, ...byAddressOfVisitor(rule, request)];

/** Tokens of visitors are many and cheap: their addresses count as well. */
const byAddressOfVisitor = (rule: RateLimitName, { caller: known }: FastifyRequest): readonly LimitKey[] =>
  known?.visitor === undefined ? [] : [{ rule, who: sharerOf(known) }];

/** The keys that each rule counts by, once the body is read and the caller is known. */
export const limitKeys: Readonly<Record<RateLimitName, LimitKeysOf>> = {
  auth_register: byCaller('auth_register'),
  generation_create: byCaller('generation_create'),
  upload: byCaller('upload'),
  api_standard: byCaller('api_standard'),
  chat: byCaller('chat'),
  admin: byCaller('admin'),
  // Passwords within an open session: a stranger's guesses, or another session of the account, take nothing of it.
  password_reset: (request) => [
    { rule: 'password_reset', who: `session:${request.caller?.sessionId ?? request.clientAddress.key}` },
  ],
  // Until the token is shown to belong to a session, no key of the sender's choice: see the route.
  // What is no token at all, and costs no query, takes nothing of those who send one.
  auth_refresh: ({ body, clientAddress: { key } }) => [
    {
      rule: 'auth_refresh',
      who: `${isRefreshToken(body) ? 'address' : 'malformed'}:${key}`,
      limit: refreshesByAddress,
    },
  ],
  auth_login: (request) => {
    const { key } = request.clientAddress;
    const account = namedAccount(request.body);
    // Requests that name no account have a bucket of their own, so that they never refuse a named login.
    if (account === null) return [{ rule: 'auth_login', who: key }];
    return [
      { rule: 'auth_login', who: `${key}:${account}` },
      { rule: 'auth_login', who: `address:${key}`, limit: loginFailuresByAddress },
    ];
  },
};

/** The account (e-mail address) in a body; null when there is none. */
export function namedAccount(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('email' in body) || typeof body.email !== 'string')
    return null;
  const account = canonicalEmail(body.email);
  return account.length === 0 || account.length > 254 ? null : account;
}

const isRefreshToken = (body: unknown): boolean =>
  typeof body === 'object' &&
  body !== null &&
  'refresh_token' in body &&
  typeof body.refresh_token === 'string' &&
  /^[\w-]{64}$/.test(body.refresh_token);
