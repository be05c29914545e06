import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { attacks, sharedScorePolicy, signals, type Signal } from '../../config/policy/perimeter/threats.js';
import { Log } from '../observability/log.js';
import type { SecurityEvent } from '../observability/security-events.js';
import { ThreatScores, type SharedScore } from '../ports/threat-scores.js';
import { CoalescedTask } from '../tasks/coalesced-task.js';
import { PeriodicTask } from '../tasks/periodic-task.js';
import { isHigher } from './score.js';
import { nameOf, type Subject } from './subject.js';
import { ThreatLevels, type LevelChange } from './threat-levels.js';

/** What was seen here of one subject since the last publication. */
interface Pending {
  readonly subject: Subject;
  readonly hard: number[];
  readonly soft: number[];
  readonly recent: Signal[];
  cause: SecurityEvent;
}

/** A level that was lifted; `isNew`: it had not been reached on this instance. */
export interface SharedRise extends LevelChange {
  readonly isNew: boolean;
}

const { publishEveryMs, readEveryMs, pending: maxPending, batch } = sharedScorePolicy;

/**
 * Makes the scores of all instances one. Evidence is held here and published in batches, never by a request; the answer has
 * what the others saw. Whoever's evidence lifts a level tells the others, which read it within a second.
 */
@Injectable()
export class SharedThreats implements OnModuleInit, OnModuleDestroy {
  private readonly pending = new Map<string, Pending>();
  private onRise: (change: SharedRise, cause: SecurityEvent) => void = () => undefined;
  private readonly publishing: CoalescedTask;
  private readonly reading: PeriodicTask;

  constructor(
    private readonly scores: ThreatScores,
    private readonly levels: ThreatLevels,
    log: Log,
  ) {
    const onError = (cause: unknown): void => {
      log.warn('the threat scores are not shared', { cause });
    };
    this.publishing = new CoalescedTask({ minGapMs: publishEveryMs, run: () => this.publish(), onError });
    this.reading = new PeriodicTask({
      everyMs: readEveryMs,
      jitter: 0.2,
      run: () => this.read(),
      // The log would be told every second; publishing tells it.
      onError: () => undefined,
    });
  }

  onModuleInit(): void {
    this.reading.start();
    this.levels.listenToForgiveness((subject) => {
      const name = nameOf(subject);
      this.pending.delete(name);
      void this.scores.forget([name]).catch(() => undefined);
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.reading.stop();
    if (this.pending.size > 0) await this.publishing.request();
    await this.publishing.stop();
  }

  /** Called when evidence of this instance lifts the level that the evidence of all of them makes together. */
  listen(onRise: (change: SharedRise, cause: SecurityEvent) => void): void {
    this.onRise = onRise;
  }

  add(signal: Signal, subjects: readonly Subject[], cause: SecurityEvent): void {
    for (const subject of subjects) this.note(signal, subject, cause);
    void this.publishing.request();
  }

  private note(signal: Signal, subject: Subject, cause: SecurityEvent): void {
    const name = nameOf(subject);
    let held = this.pending.get(name);
    if (held === undefined) {
      // The scores here have it all the same.
      if (this.pending.size >= maxPending) return;
      const zero = (): number[] => attacks.map(() => 0);
      held = { subject, hard: zero(), soft: zero(), recent: [], cause };
      this.pending.set(name, held);
    }
    const { kind, attack, weight } = signals[signal];
    const at = attacks.indexOf(attack);
    held[kind][at] = (held[kind][at] ?? 0) + weight;
    if (held.recent.length < sharedScorePolicy.recent) held.recent.push(signal);
    held.cause = cause;
  }

  private async publish(): Promise<void> {
    const taken = [...this.pending].slice(0, batch);
    for (const [name] of taken) this.pending.delete(name);
    if (this.pending.size > 0) void this.publishing.request();
    const published = new Map(taken);
    const sums = await this.scores.add(
      taken.map(([subject, { hard, soft, recent }]) => ({ subject, hard, soft, recent })),
    );
    const risen: string[] = [];
    for (const sum of sums) {
      const own = published.get(sum.subject);
      if (own !== undefined && this.merge(sum, own)) risen.push(sum.subject);
    }
    if (risen.length > 0) await this.scores.announce(risen);
  }

  /** True when this publication has lifted the level. */
  private merge(sum: SharedScore, { subject, hard, soft, cause }: Pending): boolean {
    const { hasRisen, score, level } = this.levels.raise(sum);
    const without = (all: readonly number[], own: readonly number[]): number[] =>
      all.map((points, at) => Math.max(0, points - (own[at] ?? 0)));
    const before = this.levels.levelOfPoints(without(sum.hard, hard), without(sum.soft, soft));
    const isRise = isHigher(level, before);
    if (isRise) this.onRise({ subject, level, score, isNew: hasRisen }, cause);
    return isRise;
  }

  private async read(): Promise<void> {
    for (const score of await this.scores.announced()) this.levels.raise(score);
  }
}
