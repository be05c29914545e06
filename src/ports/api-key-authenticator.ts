import type { TokenRole } from '../../config/policy/accounts/roles.js';
import type { Scope } from '../../config/policy/accounts/scopes.js';

/** Why a key was refused: for the log; the client learns only that it was. */
export type ApiKeyRefusal = 'key_malformed' | 'key_unknown' | 'key_expired' | 'key_revoked' | 'key_address';

/** For whom a key speaks and what it may do, at this moment. Times in seconds since the epoch. */
export interface ApiKeyOwner {
  readonly keyId: string;
  /** Names the presented text in its place, current or previous: it dies when a rotation takes the place away. */
  readonly textId: string;
  readonly userId: string;
  readonly role: TokenRole;
  readonly epoch: number;
  readonly scopes: readonly Scope[];
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export type ApiKeyResult =
  | { readonly outcome: 'recognised'; readonly holder: ApiKeyOwner }
  | { readonly outcome: 'refused'; readonly reason: ApiKeyRefusal; readonly userId: string | null };

/** API keys as the guard sees them. */
export abstract class ApiKeyAuthenticator {
  /** Judges the text of a key that comes from `clientIp`. Asks the database each time; rejects when it is away. */
  abstract authenticate(text: string, clientIp: string): Promise<ApiKeyResult>;
}
