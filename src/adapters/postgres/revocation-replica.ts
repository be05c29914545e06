import type { RevocableClaims, Revocation, TokenCut } from '../../ports/revocations.js';

/**
 * Revocations in memory: about 90 bytes per entry (`npm run bench`). A valid entry is never evicted: when the replica
 * is full, `full` is true and its owner queries the database.
 */
export class RevocationReplica {
  static readonly capacity = 1_000_000;

  /** Token and session ids → expiry of the entry, in seconds since the epoch. Both are random, so one map suffices. */
  private readonly ids = new Map<string, number>();
  /** User → lowest valid `ver`, and expiry of the entry. */
  private readonly epochs = new Map<string, { epoch: number; exp: number }>();
  private overflowed = false;
  /** Of everybody; as of the latest look. */
  cut: TokenCut = { isClosed: false, notBefore: 0 };

  constructor(private readonly capacity = RevocationReplica.capacity) {}

  get full(): boolean {
    return this.overflowed;
  }

  get size(): number {
    return this.ids.size + this.epochs.size;
  }

  holds({ jti, sid, sub, ver, iat }: RevocableClaims): boolean {
    if (this.cut.isClosed || (iat !== null && iat < this.cut.notBefore)) return true;
    return this.ids.has(jti) || this.ids.has(sid) || (this.epochs.get(sub)?.epoch ?? 0) > ver;
  }

  add(kind: Revocation['kind'], subject: string, epoch: number | null, exp: number): void {
    if (this.size >= this.capacity && !this.ids.has(subject) && !this.epochs.has(subject)) {
      this.overflowed = true;
      return;
    }
    if (kind !== 'user') {
      // A concatenated string keeps all its parts in memory; a copy takes a fifth.
      const id = Buffer.from(subject, 'latin1').toString('latin1');
      this.ids.set(id, Math.max(exp, this.ids.get(subject) ?? 0));
      return;
    }
    const known = this.epochs.get(subject);
    this.epochs.set(subject, {
      epoch: Math.max(epoch ?? 0, known?.epoch ?? 0),
      exp: Math.max(exp, known?.exp ?? 0),
    });
  }

  /**
   * Drops entries that expired before `now` (seconds). An overflow ends only with a new load: the omitted entries are
   * unknown.
   */
  purge(now: number): void {
    for (const [id, exp] of this.ids) if (exp < now) this.ids.delete(id);
    for (const [user, { exp }] of this.epochs) if (exp < now) this.epochs.delete(user);
  }
}
