import {
  attacks,
  signals,
  threatLevels,
  threatPolicy,
  type Attack,
  type Signal,
  type ThreatLevel,
} from '../../config/policy/perimeter/threats.js';
import type { SharedScore } from '../ports/threat-scores.js';

/** When a signal was seen, in milliseconds since the epoch. */
export interface Seen {
  readonly signal: Signal;
  readonly at: number;
}

const { thresholds, criticalNeedsHard, leftBelow, halfLifeSeconds, maxScore, explainedBy } = threatPolicy;

const rank = (level: ThreatLevel): number => threatLevels.indexOf(level);

export const isHigher = (level: ThreatLevel, other: ThreatLevel): boolean => rank(level) > rank(other);

const isSignal = (name: string): name is Signal => name in signals;

/** The level of so many points of hard and of soft evidence. */
export function levelOfPoints(hard: number, soft: number): ThreatLevel {
  const total = hard + soft;
  if (total >= thresholds.CRITICAL && hard >= criticalNeedsHard) return 'CRITICAL';
  if (total >= thresholds.HIGH) return 'HIGH';
  return total >= thresholds.MEDIUM ? 'MEDIUM' : 'LOW';
}

/** Points by kind of attack. */
class Evidence {
  private readonly points = attacks.map(() => 0);

  get total(): number {
    let sum = 0;
    for (const points of this.points) sum += points;
    return sum;
  }

  get heaviest(): Attack {
    const most = Math.max(...this.points);
    return attacks[this.points.indexOf(most)] ?? 'reconnaissance';
  }

  add(attack: Attack, weight: number): void {
    const at = attacks.indexOf(attack);
    this.points[at] = Math.min(maxScore, (this.points[at] ?? 0) + weight);
  }

  /** Takes over the points where they are more. */
  raise(points: readonly number[]): void {
    for (let at = 0; at < this.points.length; at++)
      this.points[at] = Math.min(maxScore, Math.max(this.points[at] ?? 0, points[at] ?? 0));
  }

  multiply(factor: number): void {
    for (let at = 0; at < this.points.length; at++) this.points[at] = (this.points[at] ?? 0) * factor;
  }
}

/** The threat score of one subject: decaying evidence, and the latest signals that explain it. */
export class Score {
  private readonly hard = new Evidence();
  private readonly soft = new Evidence();
  private updatedAt = 0;
  private reached: ThreatLevel = 'LOW';
  private readonly seen: Seen[] = [];

  add(signal: Signal, now: number): void {
    this.decay(now);
    const { weight, kind, attack } = signals[signal];
    this[kind].add(attack, weight);
    this.seen.push({ signal, at: now });
    if (this.seen.length > explainedBy) this.seen.shift();
  }

  /** Takes over what all instances have seen, where it is more than what was seen here. */
  raise({ hard, soft, recent }: Omit<SharedScore, 'subject'>, now: number): void {
    this.decay(now);
    this.hard.raise(hard);
    this.soft.raise(soft);
    const known = recent.filter(isSignal).slice(-explainedBy);
    if (known.length > this.seen.length)
      this.seen.splice(0, Infinity, ...known.map((signal) => ({ signal, at: now })));
  }

  levelAt(now: number): ThreatLevel {
    this.decay(now);
    return levelOfPoints(this.hard.total, this.soft.total);
  }

  /**
   * The level that it has reached and not left: it is left only well below its threshold, so that a rise above this level is
   * news. What is enforced is `levelAt`.
   */
  reachedAt(now: number): ThreatLevel {
    const level = this.levelAt(now);
    const kept = levelOfPoints(this.hard.total / leftBelow, this.soft.total / leftBelow);
    if (isHigher(this.reached, kept)) this.reached = kept;
    if (isHigher(level, this.reached)) this.reached = level;
    return this.reached;
  }

  /** Rounded, for display. */
  totalAt(now: number): number {
    this.decay(now);
    return Math.round(this.hard.total + this.soft.total);
  }

  /** The latest signals, oldest first. */
  get signals(): readonly Seen[] {
    return this.seen;
  }

  /** The kind of attack: that of the hard evidence where it suffices for a block. */
  get attack(): Attack {
    const hard = this.hard.total;
    return hard >= criticalNeedsHard || hard >= this.soft.total ? this.hard.heaviest : this.soft.heaviest;
  }

  /** Resets the score after an administrator lifted the block. */
  forgive(): void {
    this.hard.multiply(0);
    this.soft.multiply(0);
    this.seen.length = 0;
    this.reached = 'LOW';
  }

  private decay(now: number): void {
    const passed = Math.max(0, now - this.updatedAt);
    this.updatedAt = Math.max(now, this.updatedAt);
    if (passed === 0 || this.seen.length === 0) return;
    const left = 0.5 ** (passed / (halfLifeSeconds * 1000));
    this.hard.multiply(left);
    this.soft.multiply(left);
  }
}
