import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { eventThrottlePolicy } from '../../config/policy/operations/security-events.js';
import type { CounterName } from '../../config/policy/operations/metrics.js';
import type { Attack, Signal, ThreatLevel } from '../../config/policy/perimeter/threats.js';
import { EventThrottle } from './event-throttle.js';
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
  'upload_validation',
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
  /** Keyed hash of the address of the account that is aimed at. */
  readonly account?: string;
  readonly method?: string;
  /** The route's template. */
  readonly route?: string;
  readonly traceId?: string;
  /** Equal events of the same subject that this one stands for besides itself. */
  readonly suppressed?: number;
  /** The response of the service. */
  readonly response: string;
  /** The threat signal that is added to the score of the subject that caused the event. */
  readonly signal?: Signal;
  readonly attack?: Attack;
  /** A counter in addition to that of its name and signal. */
  readonly counts?: CounterName;
  /** Name of the operator who did it. */
  readonly operator?: string;
  /** Further fixed words such as the rule or the reason. */
  readonly details?: Readonly<Record<string, string | number>>;
}

type EventClient = Pick<ClientContext, 'ip' | 'requestId'> &
  Partial<Pick<ClientContext, 'userId' | 'operator' | 'account' | 'method' | 'route' | 'traceId'>>;

/** The client's fields of an event. `userId`: the account, where the request is not authenticated. */
export const ofClient = (
  { ip, requestId, userId: caller = null, operator, account = null, method, route, traceId }: EventClient,
  userId: string | null = caller,
): Partial<SecurityEvent> => ({
  sourceIp: ip,
  requestId,
  ...(userId === null ? {} : { userId }),
  ...(operator === undefined ? {} : { operator }),
  ...(account === null ? {} : { account }),
  ...(method === undefined ? {} : { method }),
  ...(route === undefined ? {} : { route }),
  ...(traceId === undefined ? {} : { traceId }),
});

const withOperator = (event: SecurityEvent): SecurityEvent =>
  event.operator === undefined
    ? event
    : { ...event, details: { ...event.details, operator: event.operator } };

const logLevels = { LOW: 'info', MEDIUM: 'warn', HIGH: 'error', CRITICAL: 'error' } as const;

/**
 * Writes security events to the log at every LOG_LEVEL, found by `grep "SECURITY-EVENT"`; equal ones of one subject are one
 * line a minute. Storage is told of the lines; metrics, alerts and threat levels of every event. They are called after the
 * line is written.
 */
@Injectable()
export class SecurityEvents {
  /** Of this process, in every line and row. */
  readonly instance = randomBytes(6).toString('hex');
  private readonly listeners: ((event: SecurityEvent) => void)[] = [];
  private readonly keepers: ((event: SecurityEvent) => void)[] = [];
  private readonly throttle = new EventThrottle<SecurityEvent>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly log: Log) {}

  /** Never throws: recording must not change the outcome of a request. */
  record(event: SecurityEvent): void {
    const admitted = this.throttle.admit(withOperator(event), performance.now());
    if (admitted !== null) this.write(admitted);
    else this.sweepLater();
    this.tell(this.listeners, event);
  }

  /** Every event. Listeners must return at once: they run synchronously within requests. */
  listen(listener: (event: SecurityEvent) => void): void {
    this.listeners.push(listener);
  }

  /** The events that are written, each with the number of those that it stands for. */
  listenToWritten(listener: (event: SecurityEvent) => void): void {
    this.keepers.push(listener);
  }

  /** Writes what is still suppressed, for the shutdown. */
  flush(): void {
    this.writeAll(this.throttle.flush());
  }

  private write(event: SecurityEvent): void {
    this.log.security(logLevels[event.level], `SECURITY-EVENT ${event.text}`, {
      event: event.event,
      threat_level: event.level,
      source_ip: event.sourceIp,
      user_id: event.userId,
      account: event.account,
      request_id: event.requestId,
      trace_id: event.traceId,
      method: event.method,
      route: event.route,
      instance: this.instance,
      response: event.response,
      ...(event.suppressed === undefined ? {} : { suppressed: event.suppressed }),
      ...(event.attack === undefined ? {} : { attack: event.attack }),
      ...event.details,
    });
    this.tell(this.keepers, event);
  }

  /** What was suppressed is written at the end of its minute, also when nothing follows. */
  private sweepLater(): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.writeAll(this.throttle.due(performance.now()));
      if (this.throttle.isSuppressing) this.sweepLater();
    }, eventThrottlePolicy.sweepEveryMs);
    this.timer.unref();
  }

  private writeAll(events: Iterable<SecurityEvent>): void {
    for (const event of events) this.write(event);
    const beyond = this.throttle.takeBeyond();
    if (beyond === 0) return;
    this.record({
      event: 'sys_monitor_disabled',
      level: 'MEDIUM',
      text: 'EVENTS suppressed beyond the ceiling of a minute',
      response: 'counted only',
      details: { suppressed_events: beyond },
    });
  }

  private tell(listeners: readonly ((event: SecurityEvent) => void)[], event: SecurityEvent): void {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (cause) {
        this.log.error('a listener of security events failed', { cause });
      }
    }
  }
}
