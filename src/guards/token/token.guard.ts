import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, unavailable } from '../../errors/problem.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { RateLimiter } from '../../perimeter/limits/rate-limiter.js';
import { addressBlocked } from '../../perimeter/hooks/blocked-address.hook.js';
import { ThreatLevels } from '../../threats/threat-levels.js';
import { Clock } from '../../ports/clock.js';
import { Revocations, RevocationsUnavailable } from '../../ports/revocations.js';
import { claimsOf, type Caller } from '../route/caller.js';
import { OtherCredentials, type OtherCredential } from './other-credentials.js';
import { replyOf, requestOf } from '../route/http-context.js';
import type { RoutePolicy } from '../route/route-policy.js';
import { RefusedCredentials } from './refused-credentials.js';
import { TokenRefused, type RefusalReason } from './token-refused.js';
import { VerifiedTokens } from './verified-tokens.js';
import { clientContextOf } from '../../network/client-context.js';
import { tokenRefused } from '../guards.events.js';

const challenge = 'Bearer realm="velro"';

/** First guard: every route that is not open requires a valid access token or API key. */
@Injectable()
export class TokenGuard extends AuthGuard('access-token') {
  constructor(
    private readonly verified: VerifiedTokens,
    private readonly revocations: Revocations,
    private readonly others: OtherCredentials,
    private readonly limiter: RateLimiter,
    private readonly levels: ThreatLevels,
    private readonly events: SecurityEvents,
    private readonly refused: RefusedCredentials,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** A route without declared access is closed; the operator's routes accept no token. */
  concerns({ access }: RoutePolicy): boolean {
    return access?.kind !== 'open' && access?.kind !== 'operator';
  }

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = requestOf(context);
    const { authorization } = request.headers;
    const caller = authorization === undefined ? undefined : this.verified.find(authorization);
    // Fast path: synchronous.
    if (caller !== undefined && this.isAlive(caller)) {
      request.caller = caller;
      return true;
    }
    return this.verify(context, request);
  }

  /** Passport's result: an error of the strategy, the caller, or a reason for refusing. */
  override handleRequest<T>(
    error: unknown,
    caller: T & (Caller | false),
    info: unknown,
    context: ExecutionContext,
  ): T {
    if (error instanceof Error) throw error;
    if (!caller) throw new TokenRefused(reasonOf(info));
    const request = requestOf(context);
    request.caller = caller;
    this.verified.keep(request.headers.authorization ?? '', caller);
    return caller;
  }

  /** Whether the token is known to be valid without a query; false sends it through the full check. */
  private isAlive(caller: Caller): boolean {
    return this.revocations.isKnownToLive(claimsOf(caller));
  }

  private async verify(context: ExecutionContext, request: FastifyRequest): Promise<boolean> {
    try {
      const other = this.others.of(request);
      if (other === null) await super.canActivate(context);
      else request.caller = await this.admit(other, request, replyOf(context));
      return true;
    } catch (error) {
      if (error instanceof RevocationsUnavailable) throw unavailable(error);
      if (!(error instanceof TokenRefused)) throw error;
      throw await this.refusal(error, request, replyOf(context));
    }
  }

  /** Addresses with a raised threat level are rate limited before they cost a query. */
  private async admit(other: OtherCredential, request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    const { key: address } = request.clientAddress;
    if (other.isQueried && this.levels.levelOf({ kind: 'address', address }) !== 'LOW')
      await this.limiter.take([{ rule: 'api_standard', who: `keys:${address}` }], request, reply);
    return other.authenticate();
  }

  private async refusal(error: TokenRefused, request: FastifyRequest, reply: FastifyReply): Promise<Problem> {
    const { block, clientAddress } = request;
    // A blocked address: no event and no count.
    if (block !== undefined) return addressBlocked(block, this.clock.now());
    if (error.reason !== 'missing')
      tokenRefused(
        this.events,
        clientContextOf(request),
        error.reason,
        error.userId ?? null,
        this.refused.isRepeated(request),
      );
    // Without a caller, the limit counts by address.
    await this.limiter.take([{ rule: 'api_standard', who: clientAddress.key }], request, reply);
    if (error.reason === 'missing')
      return new Problem('token_missing', { headers: { 'www-authenticate': challenge } });
    return new Problem('token_invalid', {
      headers: { 'www-authenticate': `${challenge}, error="invalid_token"` },
    });
  }
}

function reasonOf(info: unknown): RefusalReason {
  if (!(info instanceof Error)) return 'malformed';
  if (info.name === 'TokenExpiredError') return 'expired';
  if (info.message === 'invalid signature') return 'signature';
  return info.name === 'JsonWebTokenError' && info.message.startsWith('jwt ') ? 'claims' : 'malformed';
}
