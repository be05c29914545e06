import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { visitorTokenPolicy } from '../../../config/policy/accounts/tokens.js';
import { Clock } from '../../ports/clock.js';
import { Revocations } from '../../ports/revocations.js';
import { claimsOf, type Caller } from '../route/caller.js';
import { bearerCredentials } from './credentials.js';
import { TokenRefused } from './token-refused.js';
import { VisitorTokens } from './visitor-tokens.js';

/** The text of a visitor's token in the Authorization header, well-formed or not; null for other credentials. */
export function presentedVisitorToken({ headers: { authorization } }: FastifyRequest): string | null {
  const text = authorization === undefined ? null : bearerCredentials(authorization);
  return text?.startsWith(visitorTokenPolicy.prefix) === true ? text : null;
}

/** Authenticates visitors of a site. In the caller the visitor takes the place of the person, who has an account. */
@Injectable()
export class VisitorStrategy {
  constructor(
    private readonly tokens: VisitorTokens,
    private readonly revocations: Revocations,
    private readonly clock: Clock,
  ) {}

  /** @throws TokenRefused, RevocationsUnavailable */
  async authenticate(text: string, { clientAddress }: FastifyRequest): Promise<Caller> {
    const claims = this.tokens.verify(text, this.clock.now());
    const caller: Caller = {
      userId: claims.visitorId,
      sessionId: claims.keyId,
      tokenId: claims.visitorId,
      role: 'user',
      ver: claims.epoch,
      // A visitor proves nothing: it never passes step-up.
      authTime: 0,
      issuedAt: claims.issuedAt,
      expiresAt: claims.expiresAt,
      scopes: ['visitor'],
      key: null,
      visitor: { ownerId: claims.ownerId, agentId: claims.agentId, address: clientAddress.key },
    };
    const dead = this.revocations.isRevoked(claimsOf(caller));
    if (typeof dead === 'boolean' ? dead : await dead) throw new TokenRefused('revoked');
    return caller;
  }
}
