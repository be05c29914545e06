import { accessTokenPolicy } from '../../../config/policy/tokens.js';
import type { Caller } from '../../guards/caller.js';
import type { User } from '../users/users.service.js';
import type { SessionResponse, TokensResponse, UserResponse } from './auth.dto.js';
import type { TokenPair } from './sessions.service.js';

/** Field by field: what is not named here is not sent. */
export function toUser(user: User): UserResponse {
  return {
    id: user.id,
    email: user.email,
    full_name: user.fullName,
    role: user.role,
    credits_balance: user.creditsBalance,
    mfa_enabled: false,
  };
}

export function toTokens(pair: TokenPair): TokensResponse {
  return {
    access_token: pair.accessToken,
    refresh_token: pair.refreshToken,
    token_type: 'Bearer',
    expires_in: accessTokenPolicy.lifetimeSeconds,
    user: toUser(pair.user),
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
  };
}
