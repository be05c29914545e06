import {
  signals,
  threatPolicy,
  type Attack,
  type Signal,
  type ThreatLevel,
} from '../../../config/policy/threats.js';

/** When a signal was seen, in milliseconds since the epoch. */
export interface Seen {
  readonly signal: Signal;
  readonly at: number;
}

const { thresholds, criticalNeedsHard, halfLifeSeconds, maxScore, explainedBy } = threatPolicy;

/** What is known of one subject: two sums that decay, and the latest signals that explain them. */
export class Score {
  private hard = 0;
  private soft = 0;
  private updatedAt = 0;
  private readonly seen: Seen[] = [];

  add(signal: Signal, now: number): void {
    this.decay(now);
    const { weight, kind } = signals[signal];
    this[kind] = Math.min(maxScore, this[kind] + weight);
    this.seen.push({ signal, at: now });
    if (this.seen.length > explainedBy) this.seen.shift();
  }

  levelAt(now: number): ThreatLevel {
    this.decay(now);
    const total = this.hard + this.soft;
    if (total >= thresholds.CRITICAL && this.hard >= criticalNeedsHard) return 'CRITICAL';
    if (total >= thresholds.HIGH) return 'HIGH';
    return total >= thresholds.MEDIUM ? 'MEDIUM' : 'LOW';
  }

  /** Whole points, for people. */
  totalAt(now: number): number {
    this.decay(now);
    return Math.round(this.hard + this.soft);
  }

  /** The latest signals, oldest first. */
  get signals(): readonly Seen[] {
    return this.seen;
  }

  /** What the weight of the latest signals points to. */
  get attack(): Attack {
    const sums = new Map<Attack, number>();
    for (const { signal } of this.seen) {
      const { attack, weight } = signals[signal];
      sums.set(attack, (sums.get(attack) ?? 0) + weight);
    }
    const [first] = [...sums].sort(([, one], [, other]) => other - one);
    return first?.[0] ?? 'reconnaissance';
  }

  /** Somebody looked at it and lifted what it led to. */
  forgive(): void {
    this.hard = 0;
    this.soft = 0;
    this.seen.length = 0;
  }

  private decay(now: number): void {
    const passed = Math.max(0, now - this.updatedAt);
    this.updatedAt = Math.max(now, this.updatedAt);
    if (this.hard === 0 && this.soft === 0) return;
    const left = 0.5 ** (passed / (halfLifeSeconds * 1000));
    this.hard *= left;
    this.soft *= left;
  }
}
