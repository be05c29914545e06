import type { Caller } from '../../../guards/route/caller.js';
import type { TokensResponse } from '../sessions/tokens.dto.js';
import { toTokens } from '../sessions/tokens.presenter.js';
import type { MfaRequiredResponse, SessionResponse } from './auth.dto.js';
import type { SignInResult } from './sign-in-completion.js';

/** Tokens, or the challenge for the second factor. */
export function toSignIn(result: SignInResult): TokensResponse | MfaRequiredResponse {
  if ('accessToken' in result) return toTokens(result);
  return { mfa_required: true, mfa_token: result.mfa_token, expires_in: result.expires_in };
}

export function toSession(caller: Caller): SessionResponse {
  return {
    sub: caller.userId,
    sid: caller.sessionId,
    jti: caller.tokenId,
    role: caller.role,
    auth_time: caller.authTime,
    iat: caller.issuedAt,
    exp: caller.expiresAt,
    scopes: caller.scopes?.filter((scope) => scope !== 'visitor') ?? null,
  };
}
