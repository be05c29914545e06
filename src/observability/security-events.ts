import { Injectable } from '@nestjs/common';
import { Log } from './log.js';

/** Names of the OWASP Logging Vocabulary that this service writes. */
export type SecurityEventName =
  | 'authn_login_success'
  | 'authn_login_fail'
  | 'authn_login_fail_max'
  | 'authn_password_change'
  | 'authn_token_created'
  | 'authn_token_revoked'
  | 'authn_token_reuse'
  | 'authz_admin'
  | 'authz_change'
  | 'authz_fail'
  | 'crypt_decrypt_fail'
  | 'excess_rate_limit_exceeded'
  | 'session_logout'
  | 'session_use_after_expire'
  | 'user_created'
  | 'user_updated'
  | 'sys_startup'
  | 'sys_shutdown';

export type ThreatLevel = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

export interface SecurityEvent {
  readonly event: SecurityEventName;
  readonly level: ThreatLevel;
  /** What follows `SECURITY-EVENT` in `msg`: fixed words, never input. */
  readonly text: string;
  readonly sourceIp?: string;
  readonly userId?: string;
  readonly requestId?: string;
  /** What the service did about it. */
  readonly response: string;
  /** Further fixed words such as the rule or the reason. */
  readonly details?: Readonly<Record<string, string | number>>;
}

const logLevels = { LOW: 'info', MEDIUM: 'warn', HIGH: 'error', CRITICAL: 'error' } as const;

/** One line an event, at every LOG_LEVEL, found by `grep "SECURITY-EVENT"`. */
@Injectable()
export class SecurityEvents {
  constructor(private readonly log: Log) {}

  record(event: SecurityEvent): void {
    this.log.security(logLevels[event.level], `SECURITY-EVENT ${event.text}`, {
      event: event.event,
      threat_level: event.level,
      source_ip: event.sourceIp,
      user_id: event.userId,
      request_id: event.requestId,
      response: event.response,
      ...event.details,
    });
  }
}
