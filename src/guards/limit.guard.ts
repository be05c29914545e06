import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { deviceTokenOf } from '../network/client-context.js';
import { RateLimiter } from '../perimeter/limits/rate-limiter.js';
import { KnownDevices } from '../ports/accounts/known-devices.js';
import { limitKeys, namedAccount } from './limit-keys.js';
import { replyOf, requestOf } from './route/http-context.js';
import { RoutePolicies, type RoutePolicy } from './route/route-policy.js';

/**
 * Last guard: the rule that the throttler's decorators name on a route, counted by account, user or session, or by
 * address for unauthenticated requests. The throttler's own guard is not used (ADR 12).
 */
@Injectable()
export class LimitGuard implements CanActivate {
  constructor(
    private readonly policies: RoutePolicies,
    private readonly limiter: RateLimiter,
    private readonly knownDevices: KnownDevices,
  ) {}

  concerns({ limit }: RoutePolicy): boolean {
    return limit !== null;
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { limit } = this.policies.of(context);
    if (limit === null) return true;
    const [request, reply] = [requestOf(context), replyOf(context)];
    if (limit === 'auth_login') return this.limitLogin(request, reply);
    return this.limiter.take(limitKeys[limit](request), request, reply);
  }

  /** A known device has its own limit, and is exempt from that of unknown devices. */
  private async limitLogin(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const account = namedAccount(request.body);
    if (account !== null && (await this.knownDevices.isKnownDevice(deviceTokenOf(request), account)))
      return true;
    return this.limiter.take(limitKeys.auth_login(request), request, reply, { isGuess: account !== null });
  }
}
