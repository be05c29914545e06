import type { ClientContext } from '../../network/client-context.js';
import { ofClient, type SecurityEvents } from '../../observability/security-events.js';

/** `within`: which proof completed the sign-in. */
export const loginSucceeded = (
  events: SecurityEvents,
  client: ClientContext,
  userId: string,
  within: 'password' | 'second factor' = 'password',
): void => {
  events.record({
    event: 'authn_login_success',
    level: 'LOW',
    text: within === 'password' ? 'AUTH signed in' : 'AUTH signed in with a second factor',
    ...ofClient(client, userId),
    response: 'none',
  });
};

/** A wrong password, a refused exchange or a disabled account; `userId` where the account is known. */
export const loginFailed = (
  events: SecurityEvents,
  client: ClientContext,
  userId: string | null = null,
): void => {
  events.record({
    event: 'authn_login_fail',
    level: 'LOW',
    text: 'AUTH sign-in refused',
    signal: 'login_failed',
    ...ofClient(client, userId),
    response: 'refused',
  });
};

export const accountCreated = (events: SecurityEvents, client: ClientContext, userId: string): void => {
  events.record({
    event: 'user_created',
    level: 'LOW',
    text: 'AUTH account created',
    ...ofClient(client, userId),
    response: 'none',
  });
};

export const firstAdminCreated = (events: SecurityEvents, userId: string): void => {
  events.record({
    event: 'authz_admin',
    level: 'HIGH',
    text: 'AUTH first administrator made',
    userId,
    response: 'none',
  });
};

/** Too many failures at one account: from unknown devices together, or from one known device. */
export const loginAttemptsExceeded = (
  events: SecurityEvents,
  client: Pick<ClientContext, 'ip' | 'requestId'>,
  { scope, retryAfterSeconds }: { scope: 'account' | 'device'; retryAfterSeconds: number },
): void => {
  events.record({
    // An account that takes no further password of unknown devices is locked to them.
    event: scope === 'account' ? 'authn_login_lock' : 'excess_rate_limit_exceeded',
    level: 'MEDIUM',
    text: 'RATE-LIMITER auth_login exceeded',
    counts: 'rate_limit_violations',
    signal: 'limit_exceeded',
    ...ofClient(client),
    response: 'refused',
    details: { rule: 'auth_login', scope, retry_after_s: retryAfterSeconds },
  });
};

/** Mails that a request sends to an address of its choice. */
export type MailKind = 'reset' | 'resend' | 'change';

/** Too many mails of one kind to one address; the answer does not show it. */
export const mailLimitExceeded = (
  events: SecurityEvents,
  client: ClientContext,
  {
    kind,
    source,
    retryAfterSeconds,
  }: { kind: MailKind; source: 'account' | 'device'; retryAfterSeconds: number },
): void => {
  events.record({
    event: 'excess_rate_limit_exceeded',
    level: 'LOW',
    text: 'RATE-LIMITER password_reset exceeded',
    signal: 'limit_exceeded',
    ...ofClient(client),
    response: 'no_mail',
    details: { rule: 'password_reset', kind, scope: source, retry_after_s: retryAfterSeconds },
  });
};

/** A refresh token of no session: made up, or of one that ended long ago. */
export const refreshTokenUnknown = (
  events: SecurityEvents,
  client: ClientContext,
  isRepeated: boolean,
): void => {
  events.record({
    event: 'authn_login_fail',
    level: 'LOW',
    text: 'AUTH refresh token unknown',
    ...(isRepeated ? {} : { signal: 'refresh_unknown' as const }),
    ...ofClient(client),
    response: 'refused',
  });
};

/** `change`: how the password was set: within a session, by a reset, or with the first proof of the address. */
export const passwordSet = (
  events: SecurityEvents,
  client: ClientContext,
  userId: string,
  change: 'changed' | 'reset' | 'chosen',
): void => {
  events.record({
    event: 'authn_password_change',
    level: 'LOW',
    text: `AUTH password ${change}`,
    ...ofClient(client, userId),
    response: 'sessions_ended',
  });
};

/** The address changes once its holder confirms it. */
export const emailChangeRequested = (events: SecurityEvents, client: ClientContext, userId: string): void => {
  events.record({
    event: 'user_updated',
    level: 'LOW',
    text: 'AUTH change of address requested',
    ...ofClient(client, userId),
    response: 'none',
  });
};

export const emailChanged = (events: SecurityEvents, client: ClientContext, userId: string): void => {
  events.record({
    event: 'user_updated',
    level: 'LOW',
    text: 'AUTH address changed',
    ...ofClient(client, userId),
    response: 'sessions_ended',
  });
};

export const sessionsEnded = (
  events: SecurityEvents,
  client: ClientContext,
  userId: string,
  scope: 'one' | 'this' | 'others' | 'all',
): void => {
  events.record({
    event: 'session_logout',
    level: 'LOW',
    text: `AUTH logout ${scope}`,
    ...ofClient(client, userId),
    response: 'tokens_revoked',
  });
};

/** A refresh token whose successor was used before: the token may be stolen, so the session has been revoked. */
export const refreshTokenReused = (events: SecurityEvents, client: ClientContext, userId: string): void => {
  events.record({
    event: 'authn_token_reuse',
    level: 'HIGH',
    text: 'AUTH refresh token reused',
    signal: 'token_reused',
    ...ofClient(client, userId),
    response: 'session_ended',
  });
};
