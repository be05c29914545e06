import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { apiKeyPolicy } from '../../../config/policy/accounts/api-keys.js';
import { ApiKeyAuthenticator } from '../../ports/accounts/api-key-authenticator.js';
import type { Caller } from '../route/caller.js';
import { bearerCredentials } from './credentials.js';
import { TokenRefused } from './token-refused.js';

/** The text of an API key in the Authorization header, well-formed or not; null for other credentials. */
export function presentedApiKey({ headers: { authorization } }: FastifyRequest): string | null {
  const text = authorization === undefined ? null : bearerCredentials(authorization);
  // The prefix alone is a variable that was left empty.
  return text?.startsWith(apiKeyPolicy.textPrefix) === true && text.length > apiKeyPolicy.textPrefix.length
    ? text
    : null;
}

/** Authenticates API keys: in the caller, the key's id replaces the session's. */
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
      sessionId: holder.key.id,
      tokenId: holder.textId,
      role: holder.role,
      ver: holder.epoch,
      // A key proves no recent authentication: it never passes step-up.
      authTime: 0,
      issuedAt: holder.issuedAt,
      expiresAt: holder.expiresAt,
      scopes: holder.scopes,
      key: holder.key,
    };
  }
}
