import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { threatPolicy, type Signal, type ThreatLevel } from '../../config/policy/perimeter/threats.js';
import { Clock } from '../ports/clock.js';
import type { SharedScore } from '../ports/threat-scores.js';
import { isHigher, levelOfPoints, Score } from './score.js';
import { nameOf, subjectsOf, type Subject } from './subject.js';

/** A subject whose level has risen. */
export interface LevelChange {
  readonly subject: Subject;
  readonly level: ThreatLevel;
  readonly score: Score;
}

/** Threat levels of all subjects: decaying scores in bounded memory. Read on every request, so synchronous. */
@Injectable()
export class ThreatLevels {
  private readonly scores = new Map<string, Score>();
  private readonly forgiven: ((subject: Subject) => void)[] = [];
  private readonly enforced: boolean;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly clock: Clock,
  ) {
    this.enforced = config.threatResponses === 'enforce';
  }

  /** Adds evidence; returns the subjects whose level rose. */
  add(signal: Signal, address: string, userId: string | undefined): LevelChange[] {
    const now = this.clock.monotonic();
    const risen: LevelChange[] = [];
    for (const subject of subjectsOf(address, userId)) {
      const score = this.scoreOf(nameOf(subject));
      const before = score.reachedAt(now);
      score.add(signal, now);
      const level = score.reachedAt(now);
      if (isHigher(level, before)) risen.push({ subject, level, score });
    }
    return risen;
  }

  /** Takes over what all instances have seen of a subject; `hasRisen`: to a level that had not been reached here. */
  raise(sum: SharedScore): { hasRisen: boolean; level: ThreatLevel; score: Score } {
    const now = this.clock.monotonic();
    const score = this.scoreOf(sum.subject);
    const before = score.reachedAt(now);
    score.raise(sum, now);
    return { hasRisen: isHigher(score.reachedAt(now), before), level: score.levelAt(now), score };
  }

  levelOfPoints(hard: readonly number[], soft: readonly number[]): ThreatLevel {
    const sum = (points: readonly number[]): number => points.reduce((total, more) => total + more, 0);
    return levelOfPoints(sum(hard), sum(soft));
  }

  levelOf(subject: Subject): ThreatLevel {
    return this.scores.get(nameOf(subject))?.levelAt(this.clock.monotonic()) ?? 'LOW';
  }

  /** The level of the caller: of the address, or of the user and the user there. */
  highestOf(address: string, userId: string | undefined): ThreatLevel {
    if (this.scores.size === 0) return 'LOW';
    let highest: ThreatLevel = 'LOW';
    for (const subject of subjectsOf(address, userId)) {
      const level = this.levelOf(subject);
      if (isHigher(level, highest)) highest = level;
    }
    return highest;
  }

  scoreAt(subject: Subject): Score | null {
    return this.scores.get(nameOf(subject)) ?? null;
  }

  /** The share of an adaptive limit that applies to this caller, 0 to 1. */
  shareOf(address: string, userId: string | undefined): number {
    if (this.scores.size === 0 || !this.enforced) return 1;
    const levels = subjectsOf(address, userId).map((subject) => this.levelOf(subject));
    return Math.min(...levels.map((level) => threatPolicy.limitShares[level]));
  }

  forgive(subject: Subject): void {
    this.scores.get(nameOf(subject))?.forgive();
    for (const listener of this.forgiven) listener(subject);
  }

  listenToForgiveness(listener: (subject: Subject) => void): void {
    this.forgiven.push(listener);
  }

  /** Number of subjects at each level, for the posture. */
  count(): Record<ThreatLevel, number> {
    const now = this.clock.monotonic();
    const counts: Record<ThreatLevel, number> = { LOW: 0, MEDIUM: 0, HIGH: 0, CRITICAL: 0 };
    for (const score of this.scores.values()) counts[score.levelAt(now)]++;
    return counts;
  }

  /** Most recently used last; at the bound, the lowest score among the oldest is evicted. */
  private scoreOf(name: string): Score {
    const known = this.scores.get(name);
    const score = known ?? new Score();
    if (known !== undefined) this.scores.delete(name);
    else if (this.scores.size >= threatPolicy.maxSubjects) this.makeRoom();
    this.scores.set(name, score);
    return score;
  }

  private makeRoom(): void {
    const now = this.clock.monotonic();
    let evicted: string | null = null;
    let least = Infinity;
    let checked = 0;
    for (const [name, score] of this.scores) {
      const total = score.totalAt(now);
      if (total < least) [evicted, least] = [name, total];
      if (++checked === 16) break;
    }
    if (evicted !== null) this.scores.delete(evicted);
  }
}
