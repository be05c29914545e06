import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { requestOf } from '../route/http-context.js';
import { OperatorAddresses } from './operator-addresses.js';
import type { RoutePolicy } from '../route/route-policy.js';

/** After the role guard: on routes of administrators, one of the addresses that the operator named. */
@Injectable()
export class OperatorsGuard implements CanActivate {
  constructor(private readonly addresses: OperatorAddresses) {}

  concerns({ operatorsOnly }: RoutePolicy): boolean {
    return operatorsOnly;
  }

  canActivate(context: ExecutionContext): boolean {
    this.addresses.require(requestOf(context));
    return true;
  }
}
