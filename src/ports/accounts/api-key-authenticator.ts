import type { TokenRole } from '../../../config/policy/accounts/roles.js';
import type { Scope } from '../../../config/policy/accounts/scopes.js';

/** Why a key was refused: for the log; the client learns only that it was. */
export type ApiKeyRefusal =
  | 'key_malformed'
  | 'key_unknown'
  | 'key_expired'
  | 'key_revoked'
  /** Sign-ins are closed: it works again once they are open. */
  | 'key_closed'
  | 'key_address';

/** What a key may use and cost beside its scopes; null: no limit of its own. */
export interface KeyLimits {
  readonly id: string;
  /** Ids of models, of generations and of answers. */
  readonly models: readonly string[] | null;
  /** Micro-dollars a day and a month. */
  readonly dailyCap: number | null;
  readonly monthlyCap: number | null;
}

/** The owner of a key and what it may do, as of now. Times in seconds since the epoch. */
export interface ApiKeyOwner {
  readonly key: KeyLimits;
  /** Id of the presented text in its place, current or previous; revoked when a rotation removes it from that place. */
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

/** Authentication of API keys for the token guard. */
export abstract class ApiKeyAuthenticator {
  /**
   * Verifies the text of a key sent from `clientIp`. Queries the database each time; rejects when it is unavailable.
   */
  abstract authenticate(text: string, clientIp: string): Promise<ApiKeyResult>;
}
