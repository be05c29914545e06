import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { OperatorAddresses } from './operator-addresses.js';
import { RoutePolicies } from './route-policy.js';

/** After the role guard: on routes of administrators, one of the addresses that the operator named. */
@Injectable()
export class OperatorsGuard implements CanActivate {
  constructor(
    private readonly policies: RoutePolicies,
    private readonly addresses: OperatorAddresses,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.policies.of(context).operatorsOnly)
      this.addresses.require(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }
}
