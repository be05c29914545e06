import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { requestOf } from '../route/http-context.js';
import { AdminAllowlist } from './admin-allowlist.js';
import type { RoutePolicy } from '../route/route-policy.js';

/** Runs after the role guard: routes of administrators require an address of ADMIN_IP_ALLOWLIST. */
@Injectable()
export class AdminAddressGuard implements CanActivate {
  constructor(private readonly allowlist: AdminAllowlist) {}

  concerns({ adminAddressOnly }: RoutePolicy): boolean {
    return adminAddressOnly;
  }

  canActivate(context: ExecutionContext): boolean {
    this.allowlist.require(requestOf(context));
    return true;
  }
}
