import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { RevocableClaims } from '../../ports/revocations.js';
import type { TokenRole } from '../../../config/policy/accounts/roles.js';
import type { Scope } from '../../../config/policy/accounts/scopes.js';
import { requestOf } from './http-context.js';

/**
 * Who is calling: the claims of a token that was verified and is not revoked, or what an API key stands for. The first
 * argument all the way down.
 */
export interface Caller {
  readonly userId: string;
  /** The session, or the key. */
  readonly sessionId: string;
  readonly tokenId: string;
  readonly role: TokenRole;
  /** The user's epoch at the time of signing. */
  readonly ver: number;
  /** Seconds since the epoch. */
  readonly authTime: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** What an API key may do, at routes that name it; null: a person, whom the role alone limits. */
  readonly scopes: readonly Scope[] | null;
}

/** What the blacklist looks at. */
export const claimsOf = ({ tokenId, sessionId, userId, ver }: Caller): RevocableClaims => ({
  jti: tokenId,
  sid: sessionId,
  sub: userId,
  ver,
});

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the token guard; absent on open routes. */
    caller?: Caller;
  }
}

/** Injects the caller into a controller's method. */
export const CallerParam = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = requestOf(context);
  if (caller === undefined) throw new Error('an open route asked for its caller');
  return caller;
});
