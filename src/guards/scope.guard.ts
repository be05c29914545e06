import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Problem } from '../errors/problem.js';
import { SecurityEvents } from '../observability/security-events.js';
import { requestOf } from './route/http-context.js';
import { RoutePolicies, type RoutePolicy } from './route/route-policy.js';

/** After the role guard: an API key passes only where the route names a scope that it has. */
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
    const { caller, clientAddress, id } = requestOf(context);
    // Nobody, or a person.
    if (caller === undefined || caller.scopes === null) return true;
    const { scope: needed } = this.policies.of(context);
    if (needed !== null && caller.scopes.includes(needed)) return true;
    this.events.record({
      event: 'authz_fail',
      signal: 'role_refused',
      level: 'MEDIUM',
      text: 'AUTHORIZATION scope missing',
      sourceIp: clientAddress.ip,
      requestId: id,
      userId: caller.userId,
      response: 'refused',
      details: { key_id: caller.sessionId, scope: needed ?? 'none' },
    });
    throw new Problem('scope_missing');
  }
}
