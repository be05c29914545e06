import { SkipThrottle, Throttle } from '@nestjs/throttler';
import { rateLimits, type RateLimitName } from '../../../config/policy/perimeter/rate-limits.js';

/** The throttler's own metadata; its package does not export the names. */
const limitKey = 'THROTTLER:LIMIT';
const skipKey = 'THROTTLER:SKIP';
const everything = 'default';

/** The rule of a route; without this decorator `api_standard`. The configuration may set another limit for it. */
export const Limit = (rule: RateLimitName): MethodDecorator & ClassDecorator => {
  const { limit, windowSeconds } = rateLimits[rule];
  return Throttle({ [rule]: { limit, ttl: windowSeconds * 1000 } });
};

/** No limit by the guard: limited elsewhere, or not worth limiting. */
export const Unlimited = (): MethodDecorator & ClassDecorator => SkipThrottle({ [everything]: true });

export const isLimitedBy = (target: object, rule: RateLimitName): boolean =>
  Reflect.getMetadata(limitKey + rule, target) !== undefined;

export const isUnlimited = (target: object): boolean =>
  Reflect.getMetadata(skipKey + everything, target) === true;
