import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Problem } from '../errors/problem.js';
import { SecurityEvents } from '../observability/security-events.js';
import { requestOf } from './route/http-context.js';
import { RoutePolicies, type RoutePolicy } from './route/route-policy.js';
import { clientContextOf } from '../network/client-context.js';
import { scopeMissing } from './guards.events.js';

/** Runs after the role guard: an API key passes only on routes that name one of its scopes. */
@Injectable()
export class ScopeGuard implements CanActivate {
  constructor(
    private readonly policies: RoutePolicies,
    private readonly events: SecurityEvents,
  ) {}

  concerns({ access }: RoutePolicy): boolean {
    return access?.kind !== 'open' && access?.kind !== 'operator';
  }

  canActivate(context: ExecutionContext): boolean {
    const request = requestOf(context);
    const { caller } = request;
    // Unauthenticated.
    if (caller === undefined) return true;
    const { scope: needed, keysOnly } = this.policies.of(context);
    // An access token needs no scope.
    if (caller.scopes === null && !keysOnly) return true;
    if (needed !== null && caller.scopes?.includes(needed) === true) return true;
    scopeMissing(this.events, clientContextOf(request), caller.sessionId, needed);
    throw new Problem('scope_missing');
  }
}
