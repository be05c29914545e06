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

type Origin = Pick<SecurityEvent, 'sourceIp' | 'userId' | 'account' | 'method' | 'route' | 'traceId'>;

const originOf = ({ sourceIp, userId, account, method, route, traceId }: Origin): Partial<Origin> => ({
  ...(sourceIp === undefined ? {} : { sourceIp }),
  ...(userId === undefined ? {} : { userId }),
  ...(account === undefined ? {} : { account }),
  ...(method === undefined ? {} : { method }),
  ...(route === undefined ? {} : { route }),
  ...(traceId === undefined ? {} : { traceId }),
});

/** A level has risen. Without a request id, because it sums up many requests. */
export const threatLevelRaised = (
  events: SecurityEvents,
  cause: Origin,
  change: { level: ThreatLevel; attack: Attack; score: number; signals: string; response: string },
): void => {
  const { level, attack, score, signals, response } = change;
  events.record({
    event: nameOf[attack],
    level,
    text: `THREAT ${level} ${attack}`,
    attack,
    ...originOf(cause),
    response,
    details: { score, signals },
  });
};
