import { accessTokenPolicy } from '../../../../config/policy/accounts/tokens.js';
import type { TokensResponse, UserResponse } from './tokens.dto.js';
import type { TokenPair } from './token-pair.js';

/** Field by field: what is not named here is not sent. */
export function toUser({ user, mfaEnabled }: Pick<TokenPair, 'user' | 'mfaEnabled'>): UserResponse {
  return {
    id: user.id,
    email: user.email,
    full_name: user.fullName,
    role: user.role,
    credits_balance: user.creditsBalance,
    mfa_enabled: mfaEnabled,
  };
}

export function toTokens(pair: TokenPair): TokensResponse {
  return {
    mfa_required: false,
    access_token: pair.accessToken,
    refresh_token: pair.refreshToken,
    token_type: 'Bearer',
    expires_in: accessTokenPolicy.lifetimeSeconds,
    user: toUser(pair),
    ...(pair.deviceToken === null ? {} : { device_token: pair.deviceToken }),
  };
}
