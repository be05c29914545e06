import type { Executor, Transaction } from '../database/database.js';

/** A revocation of tokens: by their own id, by session, or by the owner's epoch. */
export type Revocation =
  | { readonly kind: 'jti' | 'sid'; readonly subject: string; readonly expiresAt: Date }
  | { readonly kind: 'user'; readonly subject: string; readonly epoch: number; readonly expiresAt: Date };

/** The claims by which a token can be revoked. */
export interface RevocableClaims {
  readonly jti: string;
  readonly sid: string;
  readonly sub: string;
  readonly ver: number;
  /**
   * When it was made, in seconds since the epoch; null for an API key, which outlives the end of an isolation.
   */
  readonly iat: number | null;
}

/** What holds for the tokens of everybody. */
export interface TokenCut {
  /** Sign-ins are closed, and no token is accepted, whenever it was made. */
  readonly isClosed: boolean;
  /** Tokens that were made before are refused; seconds since the epoch, 0 where there was no isolation. */
  readonly notBefore: number;
}

/** Revocations of access tokens. */
export abstract class Revocations {
  /**
   * Whether a token with these claims is revoked. Synchronous, from memory; a full replica queries the database, and after a pause of this
   * process what waited on the feed is read first, as is what was committed where it has just heard of these claims.
   * @throws RevocationsUnavailable when the replica may be stale: never a stale `false`
   */
  abstract isRevoked(claims: RevocableClaims): boolean | Promise<boolean>;
  /** Whether memory alone shows that it is not revoked; false also where nobody can tell without asking. Never throws. */
  abstract isKnownToLive(claims: RevocableClaims): boolean;
  /** False while the replica may be stale; then `isRevoked` throws. */
  abstract isFresh(): boolean;
  /**
   * Null when the replica is stale because the feed is silent. Where this process itself stood still, resolves once what
   * waited has been read, or has not come in time: ask `isFresh` again then.
   */
  afterPause(): Promise<void> | null {
    return null;
  }
  /** Writes within `tx`; every instance is notified at the commit. */
  abstract revoke(tx: Transaction, revocations: readonly Revocation[]): Promise<void>;
  /**
   * Whether sign-ins are closed (`npm run incident -- isolate`): asked of the database. Within a transaction they stay as they are until it ends.
   */
  abstract areSignInsClosed(executor?: Executor): Promise<boolean>;
  /** The same as this instance has heard of it, from memory, for what is shown; null while that may be stale. */
  abstract heardSignInsClosed(): boolean | null;
  /** Applies committed revocations on this instance before the notification arrives. */
  abstract applied(revocations: readonly Revocation[]): void;
}

/** The replica has had no heartbeat from the database for too long; authenticated requests get 503. */
export class RevocationsUnavailable extends Error {
  override readonly name = 'RevocationsUnavailable';
}
