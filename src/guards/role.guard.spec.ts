import { describe, expect, it } from '@jest/globals';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Reflector } from '@nestjs/core';
import { Log } from '../observability/log.js';
import { Problem } from '../errors/problem.js';
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
/** Null where the request passes, else the code of the refusal. Anything else that is thrown fails the test. */
const refusal = (route: keyof Routes, role: string | null): string | null => {
  const caller = role === null ? {} : { caller: { userId: 'u', role } };
  const request = {
    clientAddress: { ip: '127.0.0.1', key: '127.0.0.1' },
    method: 'GET',
    routeOptions: { url: '/route' },
    headers: {},
    id: 'r',
    ...caller,
  };
  try {
    const passed = guard.canActivate(new ExecutionContextHost([request], Routes, Routes.prototype[route]));
    return passed === true ? null : 'no refusal and no pass';
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
};

describe('the role guard', () => {
  it.each([
    ['open', null, null],
    ['open', 'user', null],
    ['anyone', 'user', null],
    ['anyone', 'viewer', null],
    ['anyone', 'enrolling', 'mfa_enrolment_required'],
    ['anyone', null, 'forbidden'],
    ['admins', 'admin', null],
    ['admins', 'super_admin', null],
    ['admins', 'user', 'forbidden'],
    ['admins', 'viewer', 'forbidden'],
    ['admins', 'Admin', 'forbidden'],
    ['admins', 'enrolling', 'mfa_enrolment_required'],
    ['admins', null, 'forbidden'],
  ] as const)('on the route "%s" answers the role %p with the refusal %p', (route, role, expected) => {
    expect(refusal(route, role)).toBe(expected);
  });
});
