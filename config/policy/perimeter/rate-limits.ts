/** `limit` requests in `windowSeconds`. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** The rules of the perimeter: docs/security-model.md lists what each counts by. */
export const rateLimits = {
  auth_login: { limit: 3, windowSeconds: 3600 },
  auth_register: { limit: 2, windowSeconds: 3600 },
  password_reset: { limit: 3, windowSeconds: 3600 },
  auth_refresh: { limit: 20, windowSeconds: 3600 },
  generation_create: { limit: 10, windowSeconds: 3600 },
  upload: { limit: 120, windowSeconds: 3600 },
  api_standard: { limit: 100, windowSeconds: 60 },
  chat: { limit: 30, windowSeconds: 60 },
  admin: { limit: 100, windowSeconds: 60 },
} as const satisfies Record<string, RateLimit>;

export type RateLimitName = keyof typeof rateLimits;
export type RateLimits = Readonly<Record<RateLimitName, RateLimit>>;

/** Retry-After where clients of OpenAI are told of a balance that no time fills up again. Seconds. */
export const spentRetrySeconds = 3600;

/** A longer Retry-After comes with `x-should-retry: false`. Seconds. */
export const longestRetrySeconds = 30;

/** Failed logins of one address over all accounts. */
export const loginFailuresByAddress: RateLimit = { limit: 20, windowSeconds: 3600 };

/** Refreshes of one address whose token belongs to no session. */
export const refreshesByAddress = { limit: 60, windowSeconds: 60, strategy: 'sliding_window' } as const;

/** Failed sign-ins of the operator from one address. */
export const operatorFailuresByAddress: RateLimit = { limit: 10, windowSeconds: 3600 };

/**
 * How each rule counts. `adaptive` is a sliding window whose limit shrinks with the caller's threat level. While the
 * shared counters are unavailable, rules against brute force stay exact, the others use each instance's share.
 */
export const rateLimitStrategies = {
  auth_login: { strategy: 'sliding_window', whenAway: 'exact' },
  auth_register: { strategy: 'sliding_window', whenAway: 'exact' },
  password_reset: { strategy: 'sliding_window', whenAway: 'exact' },
  auth_refresh: { strategy: 'token_bucket', whenAway: 'exact' },
  generation_create: { strategy: 'token_bucket', whenAway: 'share' },
  upload: { strategy: 'token_bucket', whenAway: 'share' },
  api_standard: { strategy: 'adaptive', whenAway: 'share' },
  chat: { strategy: 'sliding_window', whenAway: 'share' },
  admin: { strategy: 'sliding_window', whenAway: 'share' },
} as const satisfies Record<
  RateLimitName,
  { strategy: 'sliding_window' | 'token_bucket' | 'adaptive'; whenAway: 'exact' | 'share' }
>;
