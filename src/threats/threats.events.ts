import type { Attack } from '../../config/policy/perimeter/threats.js';
import type {
  SecurityEvent,
  SecurityEventName,
  SecurityEvents,
  ThreatLevel,
} from '../observability/security-events.js';

const nameOf: Readonly<Record<Attack, SecurityEventName>> = {
  brute_force_attack: 'authn_login_fail_max',
  authentication_bypass: 'authz_fail',
  rate_limit_violation: 'excess_rate_limit_exceeded',
  malicious_input: 'malicious_extraneous',
  reconnaissance: 'malicious_attack_tool',
};

type OriginField = 'sourceIp' | 'userId' | 'account' | 'method' | 'route' | 'traceId';
type Origin = Readonly<Partial<Record<OriginField, string | undefined>>>;

const originOf = ({
  sourceIp,
  userId,
  account,
  method,
  route,
  traceId,
}: Origin): Pick<SecurityEvent, OriginField> => ({
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

/** Many accounts from one address: passwords of a leaked list, or one password at all of them. */
export const credentialStuffingSeen = (
  events: SecurityEvents,
  cause: SecurityEvent,
  accounts: number,
): void => {
  events.record({
    event: 'malicious_attack_tool',
    level: 'HIGH',
    text: 'AUTH credential stuffing from one address',
    attack: 'brute_force_attack',
    // The address, not the accounts: those are named by the refusals.
    ...originOf({ ...cause, account: undefined, userId: undefined }),
    response: 'logged',
    details: { accounts },
  });
};

/** Many tries at one account; the address is that of the latest. */
export const bruteForceSeen = (events: SecurityEvents, cause: SecurityEvent, tries: number): void => {
  events.record({
    event: 'authn_login_fail_max',
    level: 'HIGH',
    text: 'AUTH brute force at one account',
    attack: 'brute_force_attack',
    ...originOf(cause),
    response: 'logged',
    details: { tries },
  });
};
