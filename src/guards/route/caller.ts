import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { KeyLimits } from '../../ports/accounts/api-key-authenticator.js';
import type { RevocableClaims } from '../../ports/revocations.js';
import type { TokenRole } from '../../../config/policy/accounts/roles.js';
import type { RouteScope } from '../../../config/policy/accounts/scopes.js';
import { requestOf } from './http-context.js';

/**
 * The authenticated caller: claims of a verified, unrevoked access token, or the owner of an API key. First argument of
 * services and repositories.
 */
export interface Caller {
  /** Of the account, or of the visitor. */
  readonly userId: string;
  /** Id of the session, or of the API key. */
  readonly sessionId: string;
  readonly tokenId: string;
  readonly role: TokenRole;
  /** The user's epoch at the time of signing. */
  readonly ver: number;
  /** Seconds since the epoch. */
  readonly authTime: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The scopes of an API key or of a visitor; null for a signed-in user, limited only by the role. */
  readonly scopes: readonly RouteScope[] | null;
  /** The API key; null for a signed-in user. */
  readonly key: KeyLimits | null;
  /** Set for visitors of a site, who have no account. */
  readonly visitor?: VisitorCaller;
}

export interface VisitorCaller {
  /** Of the API key that asked for the token. */
  readonly ownerId: string;
  /** The agent that it may ask. */
  readonly agentId: string;
  /** The key of the client's address. */
  readonly address: string;
}

/** Whose places and limits a caller takes up: tokens of visitors are many and cheap, so that their address stands for them. */
export const sharerOf = ({ userId, visitor }: Pick<Caller, 'userId' | 'visitor'>): string =>
  visitor === undefined ? userId : `address:${visitor.address}`;

/** The claims by which a token can be revoked. */
export const claimsOf = ({
  tokenId,
  sessionId,
  userId,
  ver,
  visitor,
  key,
  issuedAt,
}: Caller): RevocableClaims => ({
  jti: tokenId,
  sid: sessionId,
  // The owner of the key may be disabled.
  sub: visitor?.ownerId ?? userId,
  ver,
  iat: key === null ? issuedAt : null,
});

/** Whether the caller's key may use a model; without a key, or a list of its own, any. */
export const mayUse = ({ key }: Pick<Caller, 'key'>, model: string): boolean =>
  key?.models?.includes(model) ?? true;

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
