import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../config/config.js';
import { Problem } from '../errors/problem.js';
import { SecurityEvents } from '../observability/security-events.js';
import { AddressRanges } from '../perimeter/address-ranges.js';
import { RoutePolicies } from './route-policy.js';

/** After the role guard: on routes of administrators, one of the addresses that the operator named. */
@Injectable()
export class OperatorsGuard implements CanActivate {
  private readonly ranges: AddressRanges | null;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly policies: RoutePolicies,
    private readonly events: SecurityEvents,
  ) {
    const { ipAllowlist } = config.operator;
    this.ranges = ipAllowlist.length === 0 ? null : new AddressRanges(ipAllowlist);
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.ranges === null || !this.policies.of(context).operatorsOnly) return true;
    const { caller, clientAddress, id } = context.switchToHttp().getRequest<FastifyRequest>();
    if (this.ranges.hold(clientAddress.ip)) return true;
    this.events.record({
      event: 'authz_fail',
      signal: 'role_refused',
      level: 'HIGH',
      text: 'AUTHORIZATION address refused',
      sourceIp: clientAddress.ip,
      requestId: id,
      ...(caller === undefined ? {} : { userId: caller.userId }),
      response: 'refused',
    });
    throw new Problem('forbidden');
  }
}
