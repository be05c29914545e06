import type { Settings } from '../environment/environment.defaults.js';
import type { Variable } from '../environment/environment.js';
import { rateLimits, type RateLimit, type RateLimitName } from '../policy/perimeter/rate-limits.js';
import type { Rule } from './rule.js';

/** The variables that set each rule's limit; the short form first. */
export const limitVariables = {
  auth_login: ['RATE_LIMIT_AUTH_LOGIN'],
  auth_register: ['RATE_LIMIT_AUTH_REGISTER'],
  password_reset: ['RATE_LIMIT_PASSWORD_RESET'],
  auth_refresh: ['RATE_LIMIT_AUTH_REFRESH'],
  generation_create: ['RATE_LIMIT_GENERATION_CREATE'],
  upload: ['RATE_LIMIT_UPLOAD'],
  api_standard: ['RATE_LIMIT_API_STANDARD'],
  chat: ['CHAT_RATE_LIMIT', 'RATE_LIMIT_CHAT'],
  admin: ['ADMIN_RATE_LIMIT_REQUESTS', 'RATE_LIMIT_ADMIN'],
} as const satisfies Record<RateLimitName, readonly Variable[]>;

export const limitNames = Object.keys(limitVariables) as RateLimitName[];

/** The configured limit of a rule, or undefined where none is set. */
export const chosenLimit = (settings: Settings, name: RateLimitName): RateLimit | undefined =>
  limitVariables[name].map((variable) => settings[variable]).find((limit) => limit !== undefined);

/** Whether `limit` allows more requests in the policy's window than the policy: by bursts, not averages. */
function isLooser(limit: RateLimit, policy: RateLimit): boolean {
  const windows = Math.max(1, Math.ceil(policy.windowSeconds / limit.windowSeconds));
  return limit.limit * windows > policy.limit;
}

export const limitsAgree: Rule = (settings, result) => {
  for (const name of limitNames) {
    const [short, long] = limitVariables[name];
    const [one, other] = [settings[short], long === undefined ? undefined : settings[long]];
    if (one === undefined || other === undefined || long === undefined) continue;
    if (one.limit !== other.limit || one.windowSeconds !== other.windowSeconds) {
      result.refuse(long, `disagrees with ${short}`, 'Set one of the two.');
    }
  }
};

/** In production a looser limit than the policy must be confirmed by ALLOW_LOOSER_LIMITS. */
export const limitsOfPolicy: Rule = (settings, result) => {
  const loosened: Variable[] = limitNames.flatMap((name) =>
    limitVariables[name].filter((variable) => {
      const limit = settings[variable];
      return limit !== undefined && isLooser(limit, rateLimits[name]);
    }),
  );
  for (const variable of loosened) {
    if (settings.ALLOW_LOOSER_LIMITS) result.warn(`${variable} is looser than policy.`);
    else {
      result.refuse(
        variable,
        'is looser than policy',
        'Tighten it, or set ALLOW_LOOSER_LIMITS=true knowingly.',
      );
    }
  }
  if (settings.THREAT_RESPONSES !== 'observe') return;
  if (settings.ALLOW_LOOSER_LIMITS) result.warn('THREAT_RESPONSES only observes: no threat is answered.');
  else {
    result.refuse(
      'THREAT_RESPONSES',
      'only observes in production',
      'Set THREAT_RESPONSES=enforce, or ALLOW_LOOSER_LIMITS=true knowingly.',
    );
  }
};
