import type { Signal } from '../../config/policy/perimeter/threats.js';
import type { ClientContext } from '../network/client-context.js';
import {
  ofClient,
  type SecurityEventName,
  type SecurityEvents,
  type ThreatLevel,
} from '../observability/security-events.js';
import type { RefusalReason } from './token/token-refused.js';

const accidents: ReadonlySet<RefusalReason> = new Set(['unset', 'scheme', 'other_vendor', 'ahead']);

/** What honest clients send by mistake. */
const isAccident = (reason: RefusalReason): boolean => accidents.has(reason);

/**
 * Expired tokens are common; use of a revoked one is suspicious; a valid key from a wrong address has leaked; the rest
 * was not issued by this service.
 */
function severityOf(reason: RefusalReason): [SecurityEventName, ThreatLevel] {
  if (isAccident(reason)) return ['authz_fail', 'LOW'];
  if (reason === 'key_closed') return ['authz_fail', 'LOW'];
  if (reason === 'expired' || reason === 'key_expired') return ['session_use_after_expire', 'LOW'];
  if (reason === 'revoked' || reason === 'key_revoked') return ['authn_token_reuse', 'MEDIUM'];
  if (reason === 'signature' || reason === 'key_address') return ['authz_fail', 'HIGH'];
  return ['authz_fail', 'MEDIUM'];
}

/** Threat signal of a refused token. None for expired and revoked ones, which open browser tabs still send. */
const signalOf: Readonly<Partial<Record<RefusalReason, Signal>>> = {
  signature: 'token_forged',
  header: 'token_foreign',
  malformed: 'token_malformed',
  unset: 'token_accident',
  scheme: 'token_accident',
  other_vendor: 'token_accident',
  ahead: 'token_accident',
  spelling: 'token_malformed',
  too_long: 'token_malformed',
  claims: 'token_malformed',
  key_malformed: 'key_unknown',
  key_unknown: 'key_unknown',
  key_address: 'key_misplaced',
};

/** `userId`: the owner of the token, where verified. `isRepeated`: the same bytes were refused before, and are no signal. */
export const tokenRefused = (
  events: SecurityEvents,
  client: ClientContext,
  reason: RefusalReason,
  userId: string | null,
  isRepeated: boolean,
): void => {
  const [event, level] = severityOf(reason);
  const signal = isRepeated ? undefined : signalOf[reason];
  events.record({
    event,
    level,
    text: `AUTH-MIDDLEWARE VIOLATION ${reason}`,
    ...ofClient(client, userId),
    ...(signal === undefined ? {} : { signal }),
    response: 'refused',
    details: { reason },
  });
};

export const roleRefused = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'authz_fail',
    signal: 'role_refused',
    level: 'MEDIUM',
    text: 'AUTHORIZATION role refused',
    ...ofClient(client),
    response: 'refused',
  });
};

/** `scope`: the scope that the route requires; null when it accepts no API keys. */
export const scopeMissing = (
  events: SecurityEvents,
  client: ClientContext,
  keyId: string,
  scope: string | null,
): void => {
  events.record({
    event: 'authz_fail',
    signal: 'role_refused',
    level: 'MEDIUM',
    text: 'AUTHORIZATION scope missing',
    ...ofClient(client),
    response: 'refused',
    details: { key_id: keyId, scope: scope ?? 'none' },
  });
};

export const stepUpRequired = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'authz_fail',
    level: 'LOW',
    text: 'AUTHORIZATION step-up required',
    ...ofClient(client),
    response: 'refused',
  });
};

/** A request from outside ADMIN_IP_ALLOWLIST. */
export const adminAddressRefused = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'authz_fail',
    signal: 'role_refused',
    level: 'HIGH',
    text: 'AUTHORIZATION address refused',
    ...ofClient(client),
    response: 'refused',
  });
};

/** Without a threat signal: a page that loads much at once does it too. */
export const concurrencyExceeded = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'excess_rate_limit_exceeded',
    level: 'LOW',
    text: 'RATE-LIMITER concurrency exceeded',
    counts: 'rate_limit_violations',
    ...ofClient(client),
    response: 'refused',
    details: { rule: 'concurrency' },
  });
};

export const operatorLoginFailed = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'authn_login_fail',
    signal: 'operator_failed',
    level: 'MEDIUM',
    text: 'OPERATOR sign-in failed',
    ...ofClient(client),
    response: 'refused',
  });
};

/** Without a threat signal: the address is that of the operator, whose browser another site used (CSRF). */
export const crossSiteRefused = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'malicious_csrf',
    level: 'MEDIUM',
    text: 'OPERATOR cross-site request refused',
    ...ofClient(client),
    response: 'refused',
  });
};
