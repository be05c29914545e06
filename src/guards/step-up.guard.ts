import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { stepUpPolicy } from '../../config/policy/accounts/mfa.js';
import { Problem } from '../errors/problem.js';
import { SecurityEvents } from '../observability/security-events.js';
import { Clock } from '../ports/clock.js';
import { requestOf } from './route/http-context.js';
import type { RoutePolicy } from './route/route-policy.js';
import { clientContextOf } from '../network/client-context.js';
import { stepUpRequired } from './guards.events.js';

/** Challenge of RFC 9470: the token is valid, but the authentication is too old. */
const challenge = `Bearer realm="velro", error="insufficient_user_authentication", max_age="${stepUpPolicy.maxAgeSeconds}"`;

/** Runs after role and scope: requires a recent authentication on routes with StepUp. */
@Injectable()
export class StepUpGuard implements CanActivate {
  constructor(
    private readonly clock: Clock,
    private readonly events: SecurityEvents,
  ) {}

  concerns({ stepUp }: RoutePolicy): boolean {
    return stepUp;
  }

  canActivate(context: ExecutionContext): boolean {
    const request = requestOf(context);
    const { caller } = request;
    const now = Math.floor(this.clock.now() / 1000);
    if (caller !== undefined && now - caller.authTime <= stepUpPolicy.maxAgeSeconds) return true;
    stepUpRequired(this.events, clientContextOf(request));
    throw new Problem('step_up_required', { headers: { 'www-authenticate': challenge } });
  }
}
