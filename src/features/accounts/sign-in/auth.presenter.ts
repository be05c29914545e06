import { accessTokenPolicy } from '../../../../config/policy/accounts/tokens.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { SignInResult, Profile } from './auth.service.js';
import type { MfaRequiredResponse, SessionResponse, TokensResponse, UserResponse } from './auth.dto.js';
import type { TokenPair } from '../sessions/sessions.service.js';

/** Field by field: what is not named here is not sent. */
export function toUser({ user, mfaEnabled }: Profile): UserResponse {
  return {
    id: user.id,
    email: user.email,
    full_name: user.fullName,
    role: user.role,
    credits_balance: user.creditsBalance,
    mfa_enabled: mfaEnabled,
  };
}

/** Tokens, or the question for the second factor. */
export function toSignIn(admission: SignInResult): TokensResponse | MfaRequiredResponse {
  if ('accessToken' in admission) return toTokens(admission);
  return { mfa_required: true, mfa_token: admission.mfa_token, expires_in: admission.expires_in };
}

export function toTokens(pair: TokenPair): TokensResponse {
  return {
    access_token: pair.accessToken,
    refresh_token: pair.refreshToken,
    token_type: 'Bearer',
    expires_in: accessTokenPolicy.lifetimeSeconds,
    user: toUser(pair),
    ...(pair.deviceToken === null ? {} : { device_token: pair.deviceToken }),
  };
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
    scopes: caller.scopes,
  };
}
