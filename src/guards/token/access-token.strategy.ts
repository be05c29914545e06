import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-jwt';
import { accessTokenPolicy } from '../../../config/policy/accounts/tokens.js';
import { tokenRoles, type TokenRole } from '../../../config/policy/accounts/roles.js';
import { Clock } from '../../ports/clock.js';
import { PrivacySignals } from '../../ports/accounts/privacy-signals.js';
import { Revocations } from '../../ports/revocations.js';
import { claimsOf, type Caller } from '../route/caller.js';
import { TokenKeys } from './token-keys.js';
import { bearerCredentials, reasonOfText } from './credentials.js';
import { TokenRefused } from './token-refused.js';
import { isCanonicalBase64url } from '../../crypto/base64url.js';
import { isUuid } from '../../crypto/uuid.js';

const canonicalForm = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/**
 * Access tokens by passport-jwt, behind a check that it lacks: libraries accept several encodings of the same token
 * (RFC 8725, 3.1 and 3.11); only the canonical one passes here.
 */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, 'access-token') {
  constructor(
    keys: TokenKeys,
    private readonly revocations: Revocations,
    private readonly clock: Clock,
    private readonly signals: PrivacySignals,
  ) {
    super({
      passReqToCallback: true,
      jwtFromRequest: (request: unknown) => canonicalToken(request as FastifyRequest, keys),
      secretOrKeyProvider: (
        _request: unknown,
        token: string,
        done: (error: unknown, key?: never) => void,
      ) => {
        done(null, keys.find(token.slice(0, token.indexOf('.')))?.key as never);
      },
      algorithms: ['HS512'],
      issuer: accessTokenPolicy.issuer,
      audience: accessTokenPolicy.audience,
      ignoreExpiration: false,
      // Checked below, with some leeway for the clock of another instance; the library takes it in no other way.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      jsonWebTokenOptions: { ignoreNotBefore: true },
    });
  }

  /** Called by passport with claims whose signature, issuer, audience and times are valid. */
  async validate(request: FastifyRequest, claims: unknown): Promise<Caller> {
    const caller = readClaims(claims);
    if (caller === null) throw new TokenRefused('claims');
    if (isAhead(claims, this.clock.now())) throw new TokenRefused('ahead', caller.userId);
    const dead = this.revocations.isRevoked(claimsOf(caller));
    if (typeof dead === 'boolean' ? dead : await dead) throw new TokenRefused('revoked', caller.userId);
    // Seldom more than once for each token and instance: who signed in is known to live in the cache from then on.
    if (request.headers['sec-gpc'] === '1') this.signals.noteObjection(caller.userId, request.id);
    return caller;
  }
}

/** The token of the Authorization header, in canonical encoding and with a header of one of our keys. */
function canonicalToken(request: FastifyRequest, keys: TokenKeys): string {
  const { authorization } = request.headers;
  if (authorization === undefined) throw new TokenRefused('missing');
  if (authorization.length > accessTokenPolicy.maxLength) throw new TokenRefused('too_long');
  const token = bearerCredentials(authorization);
  const [, header, payload, signature] = canonicalForm.exec(token ?? '') ?? [];
  if (token === null || header === undefined || payload === undefined || signature === undefined)
    throw new TokenRefused(reasonOfText(authorization));
  if (keys.find(header) === undefined) throw new TokenRefused('header');
  if (!isCanonicalBase64url(payload) || !isCanonicalBase64url(signature)) throw new TokenRefused('spelling');
  return token;
}

/** Whether it was made by a clock that is further ahead than clocks of instances may be. */
const isAhead = (claims: unknown, now: number): boolean =>
  (claims as { nbf: number }).nbf > now / 1000 + accessTokenPolicy.leewaySeconds;

function readClaims(value: unknown): Caller | null {
  if (typeof value !== 'object' || value === null) return null;
  const { sub, sid, jti, role, ver, auth_time: authTime, iat, nbf, exp } = value as Record<string, unknown>;
  if (!isUuid(sub) || !isUuid(sid) || !isUuid(jti) || !isRole(role)) return null;
  // `auth_time` is 0 when the provider did not report the time of the authentication.
  if (
    !isWhole(ver) ||
    (authTime !== 0 && !isWhole(authTime)) ||
    !isWhole(iat) ||
    !isWhole(nbf) ||
    !isWhole(exp)
  )
    return null;
  if (exp - iat > accessTokenPolicy.lifetimeSeconds || exp <= iat) return null;
  return {
    userId: sub,
    sessionId: sid,
    tokenId: jti,
    role,
    ver,
    authTime,
    issuedAt: iat,
    expiresAt: exp,
    scopes: null,
    key: null,
  };
}

const isRole = (value: unknown): value is TokenRole => tokenRoles.some((role) => role === value);
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
