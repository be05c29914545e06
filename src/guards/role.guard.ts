import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { TokenRole } from '../../config/policy/roles.js';
import { Problem } from '../errors/problem.js';
import { SecurityEvents } from '../observability/security-events.js';
import { accessKey, type Access } from './access.js';

/** Second guard: one of the roles that the route names. */
@Injectable()
export class RoleGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly events: SecurityEvents,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const access = this.reflector.getAllAndOverride<Access | undefined>(accessKey, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access?.kind === 'open') return true;
    const { caller, clientAddress, id } = context.switchToHttp().getRequest<FastifyRequest>();
    if (caller !== undefined && access !== undefined && admits(access.roles, caller.role)) return true;
    this.events.record({
      event: 'authz_fail',
      level: 'MEDIUM',
      text: 'AUTHORIZATION role refused',
      sourceIp: clientAddress.ip,
      requestId: id,
      ...(caller === undefined ? {} : { userId: caller.userId }),
      response: 'refused',
    });
    throw new Problem(caller?.role === 'enrolling' ? 'mfa_enrolment_required' : 'forbidden');
  }
}

const admits = (named: readonly TokenRole[], role: TokenRole): boolean =>
  named.length === 0 ? role !== 'enrolling' : named.includes(role);
