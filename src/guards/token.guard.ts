import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Problem, unavailable } from '../errors/problem.js';
import {
  SecurityEvents,
  type SecurityEventName,
  type ThreatLevel,
} from '../observability/security-events.js';
import { RevocationsUnavailable } from '../ports/revocations.js';
import { accessKey, type Access } from './access.js';
import type { Caller } from './caller.js';
import { KeyCallers, presentedKey } from './key-callers.js';
import { TokenRefused, type RefusalReason } from './token-refused.js';

const challenge = 'Bearer realm="velro"';

/**
 * Expired is everyday; revoked is somebody holding on to what was taken away; a good key at a wrong address is one that
 * leaked; the rest is made by hand.
 */
const severity = (reason: RefusalReason): [SecurityEventName, ThreatLevel] => {
  if (reason === 'expired' || reason === 'key_expired') return ['session_use_after_expire', 'LOW'];
  if (reason === 'revoked' || reason === 'key_revoked') return ['authn_token_reuse', 'MEDIUM'];
  if (reason === 'signature' || reason === 'key_address') return ['authz_fail', 'HIGH'];
  return ['authz_fail', 'MEDIUM'];
};

/** First guard: on every route that is not open, a living access token or API key. */
@Injectable()
export class TokenGuard extends AuthGuard('access-token') {
  constructor(
    private readonly reflector: Reflector,
    private readonly events: SecurityEvents,
    private readonly keyCallers: KeyCallers,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(accessKey, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access?.kind === 'open') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    try {
      const key = presentedKey(request);
      if (key === null) await super.canActivate(context);
      else request.caller = await this.keyCallers.admit(key, request);
    } catch (error) {
      throw this.refusal(error, request);
    }
    return true;
  }

  /** Passport's verdict: an error of the strategy, the caller, or a reason for refusing. */
  override handleRequest<T>(
    error: unknown,
    caller: T & (Caller | false),
    info: unknown,
    context: ExecutionContext,
  ): T {
    if (error instanceof Error) throw error;
    if (!caller) throw new TokenRefused(reasonOf(info));
    context.switchToHttp().getRequest<FastifyRequest>().caller = caller;
    return caller;
  }

  private refusal(error: unknown, request: FastifyRequest): unknown {
    if (error instanceof RevocationsUnavailable) return unavailable(error);
    if (!(error instanceof TokenRefused)) return error;
    if (error.reason === 'missing')
      return new Problem('token_missing', { headers: { 'www-authenticate': challenge } });
    const [event, level] = severity(error.reason);
    this.events.record({
      event,
      level,
      text: `AUTH-MIDDLEWARE VIOLATION ${error.reason}`,
      sourceIp: request.clientAddress.ip,
      requestId: request.id,
      ...(error.userId === undefined ? {} : { userId: error.userId }),
      response: 'refused',
      details: { reason: error.reason },
    });
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
