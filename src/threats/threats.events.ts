import type { Attack } from '../../config/policy/perimeter/threats.js';
import type {
  SecurityEvent,
  SecurityEventName,
  SecurityEvents,
  ThreatLevel,
} from '../observability/security-events.js';

const nameOf: Readonly<Record<Attack, SecurityEventName>> = {
  brute_force_attack: 'authn_login_lock',
  authentication_bypass: 'authz_fail',
  rate_limit_violation: 'excess_rate_limit_exceeded',
  malicious_input: 'malicious_extraneous',
  reconnaissance: 'malicious_attack_tool',
};

/** A level has risen. Without a request id, because it sums up many requests. */
export const threatLevelRaised = (
  events: SecurityEvents,
  cause: Pick<SecurityEvent, 'sourceIp' | 'userId'>,
  change: { level: ThreatLevel; attack: Attack; score: number; signals: string; response: string },
): void => {
  const { level, attack, score, signals, response } = change;
  events.record({
    event: nameOf[attack],
    level,
    text: `THREAT ${level} ${attack}`,
    attack,
    ...(cause.sourceIp === undefined ? {} : { sourceIp: cause.sourceIp }),
    ...(cause.userId === undefined ? {} : { userId: cause.userId }),
    response,
    details: { score, signals },
  });
};
