import type { User } from '../../users/users.service.js';

/** The result of a sign-in or a refresh. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: User;
  readonly mfaEnabled: boolean;
  /** For the device that signed in; null after a refresh. */
  readonly deviceToken: string | null;
}

export const logoutScopes = ['this', 'others', 'all'] as const;
/** Which sessions a logout ends: the calling one, the others, or all. */
export type LogoutScope = (typeof logoutScopes)[number];
