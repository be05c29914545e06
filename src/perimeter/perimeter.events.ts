import type { ClientContext } from '../network/client-context.js';
import { ofClient, type SecurityEvents, type SecurityEventName } from '../observability/security-events.js';
import type { MaliciousKind } from './detection/kinds.js';

/** `rule`: the rate limit; `retryAfterSeconds`: until there is room again. */
export const rateLimitExceeded = (
  events: SecurityEvents,
  client: ClientContext,
  rule: string,
  retryAfterSeconds: number,
): void => {
  events.record({
    event: 'excess_rate_limit_exceeded',
    level: 'MEDIUM',
    text: `RATE-LIMITER ${rule} exceeded`,
    signal: 'limit_exceeded',
    ...ofClient(client),
    response: 'refused',
    details: { rule, retry_after_s: retryAfterSeconds },
  });
};

/** Limits use the fallback counters until the shared ones are back. */
export const sharedCountersAway = (events: SecurityEvents): void => {
  events.record({
    event: 'sys_monitor_disabled',
    level: 'HIGH',
    text: 'RATE-LIMITER shared counters away',
    response: 'auth limits in the database, others by share',
  });
};

export const sharedCountersBack = (events: SecurityEvents): void => {
  events.record({
    event: 'sys_monitor_enabled',
    level: 'LOW',
    text: 'RATE-LIMITER shared counters back',
    response: 'limits shared again',
  });
};

/**
 * One event per request, whatever it contains. Prompt injection alone is a note: it is recognised least reliably, and harms
 * nobody but the answer to its author. `isUnjudged`: a part of the request was not read.
 */
export const maliciousTextDetected = (
  events: SecurityEvents,
  client: ClientContext,
  kinds: ReadonlySet<MaliciousKind>,
  isUnjudged: boolean,
): void => {
  const isNote = kinds.size === 1 && kinds.has('prompt');
  events.record({
    event: nameOf(kinds),
    level: isNote ? 'LOW' : 'MEDIUM',
    text: 'MALICIOUS-INPUT detected',
    counts: 'malicious_input_detections',
    ...(isNote ? {} : { signal: 'malicious_text', attack: 'malicious_input' }),
    ...ofClient(client),
    response: 'logged',
    details: { kinds: [...kinds].join(','), ...(isUnjudged ? { unjudged: 'a part' } : {}) },
  });
};

/** Nothing was found, and not all was read: text that is long or expensive to judge may hide an attack behind it. */
export const textUnjudged = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'input_validation_fail',
    level: 'LOW',
    text: 'MALICIOUS-INPUT not judged to its end',
    ...ofClient(client),
    response: 'logged',
  });
};

function nameOf(kinds: ReadonlySet<MaliciousKind>): SecurityEventName {
  if (kinds.has('sqli')) return 'malicious_sqli';
  return kinds.has('prompt') ? 'mcp_prompt_injection' : 'malicious_extraneous';
}

export const attackToolSeen = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'malicious_attack_tool',
    level: 'MEDIUM',
    text: 'PROBE attack tool',
    signal: 'attack_tool',
    ...ofClient(client),
    response: 'logged',
  });
};

export const foreignOriginSeen = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'malicious_cors',
    level: 'LOW',
    text: 'PROBE foreign origin',
    signal: 'cors_violation',
    ...ofClient(client),
    response: 'no_cors_headers',
  });
};

export const honeypotRequested = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'malicious_extraneous',
    level: 'MEDIUM',
    text: 'PROBE honeypot',
    signal: 'honeypot',
    ...ofClient(client),
    response: 'not_found',
  });
};

/** Without a signal: a browser sends such requests for any page that its user visits. */
export const crossSiteRequestRefused = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'malicious_csrf',
    level: 'LOW',
    text: 'BROWSER cross-site request refused',
    ...ofClient(client),
    response: 'refused',
  });
};

export const unknownPathsFlooded = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'malicious_excess_404',
    level: 'MEDIUM',
    text: 'PROBE flood of unknown paths',
    signal: 'not_found_flood',
    ...ofClient(client),
    response: 'not_found',
  });
};
