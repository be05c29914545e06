import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Scope } from '../../config/policy/scopes.js';
import { Problem } from '../errors/problem.js';
import { SecurityEvents } from '../observability/security-events.js';
import { scopeKey } from './scope.js';

/** After the role guard: an API key passes only where the route names a scope that it has. */
@Injectable()
export class ScopeGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly events: SecurityEvents,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { caller, clientAddress, id } = context.switchToHttp().getRequest<FastifyRequest>();
    // Nobody, on an open route; or a person.
    if (caller === undefined || caller.scopes === null) return true;
    const needed = this.reflector.get<Scope | undefined>(scopeKey, context.getHandler());
    if (needed !== undefined && caller.scopes.includes(needed)) return true;
    this.events.record({
      event: 'authz_fail',
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
