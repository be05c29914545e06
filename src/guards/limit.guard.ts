import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
} from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiter } from '../perimeter/limits/rate-limiter.js';
import { KnownDevices } from '../ports/known-devices.js';
import { deviceTokenOf } from '../network/client-context.js';
import { limitKeys, namedAccount } from './limit-keys.js';
import { replyOf, requestOf } from './route/http-context.js';
import { RoutePolicies, type RoutePolicy } from './route/route-policy.js';

/**
 * Last guard: the rules that count by account, user or session, or by address where nobody is signed in. The throttler's
 * guard over our counters: its own would ask for every rule on every request, one after the other.
 */
@Injectable()
export class LimitGuard extends ThrottlerGuard {
  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() private readonly limiter: RateLimiter,
    reflector: Reflector,
    private readonly policies: RoutePolicies,
    private readonly knownDevices: KnownDevices,
  ) {
    super(options, limiter, reflector);
  }

  concerns({ limit }: RoutePolicy): boolean {
    return limit !== null;
  }

  // @ts-expect-error: the throttler's own guard is always late; this one answers at once where the counters do.
  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { limit } = this.policies.of(context);
    if (limit === null) return true;
    const [request, reply] = [requestOf(context), replyOf(context)];
    if (limit === 'auth_login') return this.limitLogin(request, reply);
    return this.limiter.take(limitKeys[limit](request), request, reply);
  }

  /** A device that signed in before has a limit of its own, and is spared what limits strangers. */
  private async limitLogin(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const account = namedAccount(request.body);
    if (account !== null && (await this.knownDevices.isKnownDevice(deviceTokenOf(request), account)))
      return true;
    return this.limiter.take(limitKeys.auth_login(request), request, reply, { isGuess: account !== null });
  }
}
