import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RateLimitName } from '../../config/policy/rate-limits.js';
import { RateLimiter } from '../perimeter/rate-limiter.js';
import { KnownDevices } from '../ports/known-devices.js';
import { deviceTokenOf } from './device-token.js';

const limitKey = 'velro:limit';

/** The rule of a route; without this decorator `api_standard`. `none`: counted elsewhere, or not worth counting. */
export const Limit = (rule: RateLimitName | 'none'): MethodDecorator & ClassDecorator =>
  SetMetadata(limitKey, rule);

/** Last guard: the rules that count by user, or by address where nobody is signed in. */
@Injectable()
export class LimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limiter: RateLimiter,
    private readonly knownDevices: KnownDevices,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule =
      this.reflector.getAllAndOverride<RateLimitName | 'none' | undefined>(limitKey, [
        context.getHandler(),
        context.getClass(),
      ]) ?? 'api_standard';
    if (rule === 'none') return true;
    const http = context.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    if (rule === 'auth_login') await this.limitLogin(request, reply);
    else if (rule === 'password_reset')
      await this.limiter.take(
        rule,
        request.caller?.userId ?? `account:${namedAccount(request.body) ?? ''}`,
        request,
        reply,
      );
    else if (rule === 'auth_refresh')
      await this.limiter.take(
        rule,
        presentedSession(request.body) ?? request.clientAddress.key,
        request,
        reply,
      );
    else await this.limiter.take(rule, request.caller?.userId ?? request.clientAddress.key, request, reply);
    return true;
  }

  /** Requests that name no account have a bucket of their own, so that they never refuse a named login. */
  private async limitLogin(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const account = namedAccount(request.body);
    if (account === null) await this.limiter.take('auth_login', request.clientAddress.key, request, reply);
    // A device that signed in before has a limit of its own, and is spared what limits strangers.
    else if (!(await this.knownDevices.isKnownDevice(deviceTokenOf(request), account)))
      await this.limiter.takeLogin(account, request, reply);
  }
}

function namedAccount(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('email' in body) || typeof body.email !== 'string')
    return null;
  const account = body.email.trim().toLowerCase();
  return account.length === 0 || account.length > 254 ? null : account;
}

/** The session that a refresh token speaks of; what is no token counts by address, in a bucket of its own. */
function presentedSession(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('refresh_token' in body)) return null;
  const token = body.refresh_token;
  return typeof token === 'string' && /^[\w-]{64}$/.test(token)
    ? Buffer.from(token, 'base64url').toString('hex', 0, 16)
    : null;
}
