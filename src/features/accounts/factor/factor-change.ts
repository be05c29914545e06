import type { Transaction } from '../../../database/database.js';
import type { Revocation } from '../../../ports/revocations.js';

/**
 * What a new or removed second factor means for the sessions of its owner. Whoever keeps the sessions answers; a boot
 * without an answer fails. Asked of the other side, because signing in needs the second factor and not the reverse.
 */
export abstract class FactorChange {
  /**
   * Ends, within `tx`, the living sessions of the user but `keepSessionId`, or all of them when that is null, and revokes
   * their tokens. What comes back goes to `Revocations.applied` as soon as `tx` has committed.
   */
  abstract changed(tx: Transaction, userId: string, keepSessionId: string | null): Promise<Revocation[]>;
}
