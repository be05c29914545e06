import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { stepUpPolicy } from '../../config/policy/mfa.js';
import { Problem } from '../errors/problem.js';
import { SecurityEvents } from '../observability/security-events.js';
import { Clock } from '../ports/clock.js';
import { RoutePolicies } from './route-policy.js';

/** What RFC 9470 tells a client: the token is good, the proof behind it is too old. */
const challenge = `Bearer realm="velro", error="insufficient_user_authentication", max_age="${stepUpPolicy.maxAgeSeconds}"`;

/** After role and scope: a recent proof of identity, on the routes that ask for one. */
@Injectable()
export class StepUpGuard implements CanActivate {
  constructor(
    private readonly policies: RoutePolicies,
    private readonly clock: Clock,
    private readonly events: SecurityEvents,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (!this.policies.of(context).stepUp) return true;
    const { caller, clientAddress, id } = context.switchToHttp().getRequest<FastifyRequest>();
    const now = Math.floor(this.clock.now() / 1000);
    if (caller !== undefined && now - caller.authTime <= stepUpPolicy.maxAgeSeconds) return true;
    this.events.record({
      event: 'authz_fail',
      level: 'LOW',
      text: 'AUTHORIZATION step-up required',
      sourceIp: clientAddress.ip,
      requestId: id,
      ...(caller === undefined ? {} : { userId: caller.userId }),
      response: 'refused',
    });
    throw new Problem('step_up_required', { headers: { 'www-authenticate': challenge } });
  }
}
