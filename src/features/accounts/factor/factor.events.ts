import type { ClientContext } from '../../../network/client-context.js';
import { ofClient, type SecurityEvents } from '../../../observability/security-events.js';

export const factorRefused = (events: SecurityEvents, client: ClientContext, userId: string): void => {
  events.record({
    event: 'authn_login_fail',
    level: 'MEDIUM',
    text: 'AUTH second factor refused',
    signal: 'factor_failed',
    ...ofClient(client, userId),
    response: 'refused',
  });
};

export const factorAttemptsExceeded = (
  events: SecurityEvents,
  client: ClientContext,
  userId: string,
  retryAfterSeconds: number,
): void => {
  events.record({
    event: 'authn_login_fail_max',
    level: 'HIGH',
    text: 'RATE-LIMITER mfa_attempts exceeded',
    signal: 'limit_exceeded',
    ...ofClient(client, userId),
    response: 'refused',
    details: { rule: 'mfa_attempts', retry_after_s: retryAfterSeconds },
  });
};

/** No configured key decrypts the stored secret: an incident, never a wrong code. */
export const factorSecretUnreadable = (
  events: SecurityEvents,
  client: ClientContext,
  userId: string,
): void => {
  events.record({
    event: 'crypt_decrypt_fail',
    level: 'HIGH',
    text: 'MFA secret cannot be opened',
    ...ofClient(client, userId),
    response: 'refused',
  });
};

const factorChanged = (
  events: SecurityEvents,
  client: ClientContext,
  userId: string,
  text: string,
  response: string,
): void => {
  events.record({ event: 'user_updated', level: 'LOW', text, ...ofClient(client, userId), response });
};

export const factorActivated = (events: SecurityEvents, client: ClientContext, userId: string): void => {
  factorChanged(events, client, userId, 'MFA factor activated', 'sessions_ended');
};

export const factorRemoved = (events: SecurityEvents, client: ClientContext, userId: string): void => {
  factorChanged(events, client, userId, 'MFA factor removed', 'sessions_ended');
};

export const recoveryCodesReplaced = (
  events: SecurityEvents,
  client: ClientContext,
  userId: string,
): void => {
  factorChanged(events, client, userId, 'MFA recovery codes replaced', 'codes_replaced');
};

export const recoveryCodeUsed = (events: SecurityEvents, client: ClientContext, userId: string): void => {
  factorChanged(events, client, userId, 'MFA recovery code used', 'code_used');
};
