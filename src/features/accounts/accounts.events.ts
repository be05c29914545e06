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

/** `change`: whether the password was changed or reset; every session has ended. */
export const passwordSet = (
  events: SecurityEvents,
  client: ClientContext,
  userId: string,
  change: 'changed' | 'reset',
): void => {
  events.record({
    event: 'authn_password_change',
    level: 'LOW',
    text: `AUTH password ${change}`,
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
