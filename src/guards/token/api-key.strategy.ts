import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { apiKeyPolicy } from '../../../config/policy/accounts/api-keys.js';
import { ApiKeyAuthenticator } from '../../ports/api-key-authenticator.js';
import type { Caller } from '../route/caller.js';
import { TokenRefused } from './token-refused.js';

const scheme = 'Bearer ';

/** What the Authorization header presents as an API key, well-formed or not; null when it presents something else. */
export function presentedApiKey({ headers: { authorization } }: FastifyRequest): string | null {
  return authorization?.startsWith(scheme + apiKeyPolicy.textPrefix) === true
    ? authorization.slice(scheme.length)
    : null;
}

/** Callers that are programs: a key stands where a session would. */
@Injectable()
export class ApiKeyStrategy {
  constructor(private readonly keys: ApiKeyAuthenticator) {}

  /** @throws TokenRefused */
  async authenticate(text: string, { clientAddress }: FastifyRequest): Promise<Caller> {
    const verdict = await this.keys.authenticate(text, clientAddress.ip);
    if (verdict.outcome === 'refused') throw new TokenRefused(verdict.reason, verdict.userId ?? undefined);
    const { holder } = verdict;
    return {
      userId: holder.userId,
      sessionId: holder.keyId,
      tokenId: holder.textId,
      role: holder.role,
      ver: holder.epoch,
      // Nobody has proven anything: where a fresh proof is asked for, no key is enough.
      authTime: 0,
      issuedAt: holder.issuedAt,
      expiresAt: holder.expiresAt,
      scopes: holder.scopes,
    };
  }
}
