import type { RevocableClaims, Revocation } from '../../ports/revocations.js';

/**
 * What is revoked, in memory: about 90 bytes an entry (`npm run bench`). It never forgets an entry that still matters: when it is full,
 * `full` says so and its owner asks the database.
 */
export class RevocationReplica {
  static readonly capacity = 1_000_000;

  /** Token and session ids → when the entry may go, in seconds since the epoch. Both are random, so one map serves. */
  private readonly ids = new Map<string, number>();
  /** User → lowest living `ver`, and when the entry may go. */
  private readonly epochs = new Map<string, { epoch: number; exp: number }>();
  private overflowed = false;

  constructor(private readonly capacity = RevocationReplica.capacity) {}

  get full(): boolean {
    return this.overflowed;
  }

  get size(): number {
    return this.ids.size + this.epochs.size;
  }

  holds({ jti, sid, sub, ver }: RevocableClaims): boolean {
    return this.ids.has(jti) || this.ids.has(sid) || (this.epochs.get(sub)?.epoch ?? 0) > ver;
  }

  add(kind: Revocation['kind'], subject: string, epoch: number | null, exp: number): void {
    if (this.size >= this.capacity && !this.ids.has(subject) && !this.epochs.has(subject)) {
      this.overflowed = true;
      return;
    }
    if (kind !== 'user') {
      // A string that was put together from pieces keeps them all; copied, it takes a fifth of the memory.
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

  /** Drops what expired before `now` (seconds). An overflow ends only with a fresh load: what was left out is unknown. */
  purge(now: number): void {
    for (const [id, exp] of this.ids) if (exp < now) this.ids.delete(id);
    for (const [user, { exp }] of this.epochs) if (exp < now) this.epochs.delete(user);
  }
}
