/** `limit` requests in `windowSeconds`. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** The rules of the perimeter: what each counts by stands in docs/security-model.md. */
export const rateLimits = {
  auth_login: { limit: 3, windowSeconds: 3600 },
  auth_register: { limit: 2, windowSeconds: 3600 },
  password_reset: { limit: 3, windowSeconds: 3600 },
  auth_refresh: { limit: 20, windowSeconds: 3600 },
  generation_create: { limit: 10, windowSeconds: 3600 },
  api_standard: { limit: 100, windowSeconds: 60 },
  chat: { limit: 30, windowSeconds: 60 },
  admin: { limit: 100, windowSeconds: 60 },
} as const satisfies Record<string, RateLimit>;

export type RateLimitName = keyof typeof rateLimits;
export type RateLimits = Readonly<Record<RateLimitName, RateLimit>>;

/** Failed logins of one address, whatever accounts they aimed at. */
export const loginFailuresByAddress: RateLimit = { limit: 20, windowSeconds: 3600 };
