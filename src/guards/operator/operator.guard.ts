import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { operatorFailuresByAddress } from '../../../config/policy/perimeter/rate-limits.js';
import { Problem } from '../../errors/problem.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { RateLimiter } from '../../perimeter/limits/rate-limiter.js';
import { addressBlocked } from '../../perimeter/hooks/blocked-address.hook.js';
import { Clock } from '../../ports/clock.js';
import { authorizationLines, readBasic } from './basic-credentials.js';
import { CsrfCheck } from './csrf.js';
import { AdminAllowlist } from './admin-allowlist.js';
import { OperatorCredentials } from './operator-credentials.js';
import { replyOf, requestOf } from '../route/http-context.js';
import { RoutePolicies, type RoutePolicy } from '../route/route-policy.js';
import { clientContextOf } from '../../network/client-context.js';
import { operatorLoginFailed } from '../guards.events.js';

const challenge = 'Basic realm="velro-ops", charset="UTF-8"';
const bearer = 'Bearer ';

/**
 * Runs before the block guard: routes of operators require the configured credentials; access tokens and API keys are
 * not accepted.
 */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(
    private readonly policies: RoutePolicies,
    private readonly csrf: CsrfCheck,
    private readonly allowlist: AdminAllowlist,
    private readonly credentials: OperatorCredentials,
    private readonly limiter: RateLimiter,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
  ) {}

  concerns({ access }: RoutePolicy): boolean {
    return access?.kind === 'operator';
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { access } = this.policies.of(context);
    const takesToken = access?.kind === 'operator' && access.metricsToken;
    return this.admit(requestOf(context), replyOf(context), takesToken);
  }

  private async admit(request: FastifyRequest, reply: FastifyReply, takesToken: boolean): Promise<true> {
    this.csrf.refuse(request);
    const { authorization } = request.headers;
    const isToken = takesToken && authorization?.startsWith(bearer) === true;
    // The metrics token is for a program, which may call from any address.
    if (!isToken) this.allowlist.require(request);
    if (authorization === undefined) throw await this.nothingShown(request, reply);
    // Counted before it is checked, so that parallel attempts count too; a success is given back.
    await this.count(request, reply, `operator:${request.clientAddress.key}`);
    const operator = this.ownerOf(request, authorization, isToken);
    if (operator === null) throw this.refusal(request);
    await this.limiter.giveBack(request);
    request.operator = operator;
    return true;
  }

  private ownerOf(request: FastifyRequest, authorization: string, isToken: boolean): string | null {
    if (authorizationLines(request) !== 1) return null;
    if (isToken)
      return this.credentials.isMetricsToken(authorization.slice(bearer.length)) ? 'metrics' : null;
    const shown = readBasic(authorization);
    return shown === null ? null : this.credentials.ownerOf(shown);
  }

  private async nothingShown(request: FastifyRequest, reply: FastifyReply): Promise<Problem> {
    if (request.block !== undefined) return addressBlocked(request.block, this.clock.now());
    await this.limiter.take([{ rule: 'api_standard', who: request.clientAddress.key }], request, reply);
    return unauthorised();
  }

  private async count(request: FastifyRequest, reply: FastifyReply, who: string): Promise<void> {
    await this.limiter.take([{ rule: 'auth_login', who, limit: operatorFailuresByAddress }], request, reply);
  }

  private refusal(request: FastifyRequest): Problem {
    const { block } = request;
    operatorLoginFailed(this.events, clientContextOf(request));
    return block === undefined ? unauthorised() : addressBlocked(block, this.clock.now());
  }
}

const unauthorised = (): Problem =>
  new Problem('operator_credentials_invalid', { headers: { 'www-authenticate': challenge } });
