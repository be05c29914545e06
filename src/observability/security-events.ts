import { Injectable } from '@nestjs/common';
import type { CounterName } from '../../config/policy/operations/metrics.js';
import type { Attack, Signal, ThreatLevel } from '../../config/policy/perimeter/threats.js';
import { Log } from './log.js';
import type { ClientContext } from '../network/client-context.js';

export type { ThreatLevel } from '../../config/policy/perimeter/threats.js';

/** Names of the OWASP Logging Vocabulary that this service writes. */
export const securityEventNames = [
  'authn_login_success',
  'authn_login_fail',
  'authn_login_fail_max',
  'authn_login_lock',
  'authn_password_change',
  'authn_token_created',
  'authn_token_revoked',
  'authn_token_reuse',
  'authz_admin',
  'authz_change',
  'authz_fail',
  'crypt_decrypt_fail',
  'excess_rate_limit_exceeded',
  'input_validation_fail',
  'malicious_attack_tool',
  'malicious_cors',
  'malicious_csp_violation',
  'malicious_csrf',
  'malicious_excess_404',
  'malicious_extraneous',
  'malicious_sqli',
  'mcp_prompt_injection',
  'session_logout',
  'session_use_after_expire',
  'user_created',
  'user_updated',
  'sys_monitor_disabled',
  'sys_monitor_enabled',
  'sys_startup',
  'sys_shutdown',
] as const;
export type SecurityEventName = (typeof securityEventNames)[number];

export interface SecurityEvent {
  readonly event: SecurityEventName;
  readonly level: ThreatLevel;
  /** The text after `SECURITY-EVENT` in `msg`: fixed words, never input. */
  readonly text: string;
  readonly sourceIp?: string;
  readonly userId?: string;
  readonly requestId?: string;
  /** The response of the service. */
  readonly response: string;
  /** The threat signal that is added to the score of the subject that caused the event. */
  readonly signal?: Signal;
  readonly attack?: Attack;
  /** A counter in addition to that of its name and signal. */
  readonly counts?: CounterName;
  /** Further fixed words such as the rule or the reason. */
  readonly details?: Readonly<Record<string, string | number>>;
}

/** The client's fields of an event. `userId`: the account, where the request is not authenticated. */
export const ofClient = (
  { ip, requestId, userId: caller }: Pick<ClientContext, 'ip' | 'requestId' | 'userId'>,
  userId: string | null = caller,
): Pick<SecurityEvent, 'sourceIp' | 'requestId' | 'userId'> =>
  userId === null ? { sourceIp: ip, requestId } : { sourceIp: ip, requestId, userId };

const logLevels = { LOW: 'info', MEDIUM: 'warn', HIGH: 'error', CRITICAL: 'error' } as const;

/**
 * Writes one log line per event, at every LOG_LEVEL, found by `grep "SECURITY-EVENT"`. Storage, metrics and threat
 * levels listen here and are called after the line is written.
 */
@Injectable()
export class SecurityEvents {
  private readonly listeners: ((event: SecurityEvent) => void)[] = [];

  constructor(private readonly log: Log) {}

  /** Never throws: recording must not change the outcome of a request. */
  record(event: SecurityEvent): void {
    this.log.security(logLevels[event.level], `SECURITY-EVENT ${event.text}`, {
      event: event.event,
      threat_level: event.level,
      source_ip: event.sourceIp,
      user_id: event.userId,
      request_id: event.requestId,
      response: event.response,
      ...(event.attack === undefined ? {} : { attack: event.attack }),
      ...event.details,
    });
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch (cause) {
        this.log.error('a listener of security events failed', { cause });
      }
    }
  }

  /** Listeners must return at once: they run synchronously within requests. */
  listen(listener: (event: SecurityEvent) => void): void {
    this.listeners.push(listener);
  }
}
