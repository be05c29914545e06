import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { SecurityEvents } from '../observability/security-events.js';
import { noteMaliciousText } from '../perimeter/hooks/malicious-text.js';
import { requestOf } from './route/http-context.js';
import { RoutePolicies, type RoutePolicy } from './route/route-policy.js';

/** Runs when the caller is known: inspects the input for attacks and records them; never refuses a request. */
@Injectable()
export class DetectionGuard implements CanActivate {
  constructor(
    private readonly policies: RoutePolicies,
    private readonly events: SecurityEvents,
  ) {}

  concerns({ signed }: RoutePolicy): boolean {
    return !signed;
  }

  canActivate(context: ExecutionContext): boolean {
    const request = requestOf(context);
    const { limit, opaqueBody } = this.policies.of(context);
    noteMaliciousText(request, this.events, { prompt: limit === 'chat', body: !opaqueBody });
    return true;
  }
}
