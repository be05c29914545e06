import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { TokenRole } from '../../config/policy/accounts/roles.js';
import { Problem } from '../errors/problem.js';
import { SecurityEvents } from '../observability/security-events.js';
import { requestOf } from './route/http-context.js';
import { RoutePolicies, type RoutePolicy } from './route/route-policy.js';
import { clientContextOf } from '../network/client-context.js';
import { roleRefused } from './guards.events.js';

/** Second guard: the caller needs one of the roles that the route names. */
@Injectable()
export class RoleGuard implements CanActivate {
  constructor(
    private readonly policies: RoutePolicies,
    private readonly events: SecurityEvents,
  ) {}

  concerns({ access }: RoutePolicy): boolean {
    return access?.kind !== 'open';
  }

  canActivate(context: ExecutionContext): boolean {
    const { access } = this.policies.of(context);
    const request = requestOf(context);
    const { caller, operator } = request;
    if (access?.kind === 'operator' && operator !== undefined) return true;
    if (caller !== undefined && access?.kind === 'signed-in' && admits(access.roles, caller.role))
      return true;
    roleRefused(this.events, clientContextOf(request));
    throw new Problem(caller?.role === 'enrolling' ? 'mfa_enrolment_required' : 'forbidden');
  }
}

const admits = (named: readonly TokenRole[], role: TokenRole): boolean =>
  named.length === 0 ? role !== 'enrolling' : named.includes(role);
