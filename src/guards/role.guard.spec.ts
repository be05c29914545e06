import { describe, expect, it } from '@jest/globals';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Reflector } from '@nestjs/core';
import { Log } from '../observability/log.js';
import { SecurityEvents } from '../observability/security-events.js';
import { Open, SignedIn } from './route/access.js';
import { RoleGuard } from './role.guard.js';
import { GuardChain } from './guard-chain.js';
import { RoutePolicies } from './route/route-policy.js';

class Routes {
  @Open()
  open(): void {
    // Only its metadata matter.
  }

  @SignedIn()
  anyone(): void {
    // The same.
  }

  @SignedIn('admin', 'super_admin')
  admins(): void {
    // The same.
  }
}

const policies = new RoutePolicies(new Reflector());
const guard = new GuardChain(policies, [new RoleGuard(policies, new SecurityEvents(Log.silent()))]);
const pass = (route: keyof Routes, role: string | null): boolean | Promise<boolean> => {
  const caller = role === null ? {} : { caller: { userId: 'u', role } };
  const request = { clientAddress: { ip: '127.0.0.1', key: '127.0.0.1' }, id: 'r', ...caller };
  try {
    return guard.canActivate(new ExecutionContextHost([request], Routes, Routes.prototype[route]));
  } catch {
    return false;
  }
};

describe('the role guard', () => {
  it.each([
    ['open', null, true],
    ['open', 'user', true],
    ['anyone', 'user', true],
    ['anyone', 'viewer', true],
    ['anyone', null, false],
    ['admins', 'admin', true],
    ['admins', 'super_admin', true],
    ['admins', 'user', false],
    ['admins', 'viewer', false],
    ['admins', 'Admin', false],
    ['admins', null, false],
  ] as const)('on the route "%s" lets the role %p pass: %p', (route, role, expected) => {
    expect(pass(route, role)).toBe(expected);
  });
});
