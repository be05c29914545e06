import type { Transaction } from '../database/database.js';

/** What kills a token: its own id, its session, or its owner's epoch. */
export type Revocation =
  | { readonly kind: 'jti' | 'sid'; readonly subject: string; readonly expiresAt: Date }
  | { readonly kind: 'user'; readonly subject: string; readonly epoch: number; readonly expiresAt: Date };

/** The claims that the blacklist looks at. */
export interface RevocableClaims {
  readonly jti: string;
  readonly sid: string;
  readonly sub: string;
  readonly ver: number;
}

/** The blacklist. */
export abstract class Revocations {
  /**
   * Whether a token of these claims is dead. Answers from memory; only a replica that is full asks the database.
   * @throws RevocationsUnavailable when the replica may have missed something: never a stale no.
   */
  abstract isRevoked(claims: RevocableClaims): boolean | Promise<boolean>;
  /** False while the replica may have missed something; then `isRevoked` throws. */
  abstract isFresh(): boolean;
  /** Writes within `tx`; every instance learns of it when that commits. */
  abstract revoke(tx: Transaction, revocations: readonly Revocation[]): Promise<void>;
  /** Makes committed revocations effective on this instance before any announcement arrives. */
  abstract applied(revocations: readonly Revocation[]): void;
}

/** The replica has not heard from the database for too long; authenticated requests get 503. */
export class RevocationsUnavailable extends Error {
  override readonly name = 'RevocationsUnavailable';
}
