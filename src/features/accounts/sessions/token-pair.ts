import type { User } from '../../users/users.service.js';

/** What a sign-in or a refresh gives. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: User;
  readonly mfaEnabled: boolean;
  /** For the device that signed in; null where nobody did. */
  readonly deviceToken: string | null;
}

export const logoutScopes = ['this', 'others', 'all'] as const;
/** Which sessions a logout ends: the one that asks, the others, or all. */
export type LogoutScope = (typeof logoutScopes)[number];
