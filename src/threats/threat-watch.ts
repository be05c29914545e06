import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { blockSeconds, signals, type Signal } from '../../config/policy/perimeter/threats.js';
import { SecurityEvents, type SecurityEvent } from '../observability/security-events.js';
import { Clock } from '../ports/clock.js';
import { Random } from '../ports/random.js';
import { AddressRanges } from '../network/address-ranges.js';
import { addressKeyOf, addressOfKey } from '../network/client-address.js';
import { BlockList } from './block-list.js';
import { SharedThreats } from './shared-threats.js';
import { subjectsOf, type Subject } from './subject.js';
import type { Score } from './score.js';
import { ThreatLevels, type LevelChange } from './threat-levels.js';
import { threatLevelRaised } from './threats.events.js';

/**
 * Listens to the security events, adds their signals to the scores of the subjects that caused them, and responds when
 * a level rises: MEDIUM is recorded, HIGH tightens limits, CRITICAL blocks. In observe mode the response is only
 * recorded.
 */
@Injectable()
export class ThreatWatch implements OnModuleInit {
  private readonly enforced: boolean;
  private readonly proxies: AddressRanges;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly events: SecurityEvents,
    private readonly levels: ThreatLevels,
    private readonly blocks: BlockList,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly shared: SharedThreats,
  ) {
    this.enforced = config.threatResponses === 'enforce';
    const { proxy } = config;
    this.proxies = new AddressRanges(
      proxy.mode === 'none' ? [] : proxy.mode === 'railway' ? proxy.peers : proxy.trusted,
    );
  }

  onModuleInit(): void {
    this.shared.listen((change, cause) => {
      const due = change.isNew ? change : this.persistent(change.subject);
      if (due !== undefined && !this.isBlocked(due.subject)) this.answer(due, cause);
    });
    this.events.listen((event) => {
      this.onEvent(event);
    });
  }

  private onEvent(event: SecurityEvent): void {
    const { signal, sourceIp, userId } = event;
    if (signal === undefined || sourceIp === undefined) return;
    const attributedTo = signals[signal].attributedTo === 'caller' ? userId : undefined;
    const address = addressKeyOf(sourceIp);
    const risen = this.levels.add(signal, address, attributedTo);
    const subjects = subjectsOf(address, attributedTo);
    this.shared.add(signal, subjects, event);
    // A user and the user at this address rise together: one event, for the narrower subject.
    const narrowest = risen.at(-1) ?? this.persistent(subjects[0]);
    if (narrowest !== undefined) this.answer(narrowest, event);
  }

  /**
   * After a block has ended, the level is CRITICAL already and cannot rise: an address that continues is blocked again.
   */
  private persistent(subject: Subject | undefined): LevelChange | undefined {
    if (subject?.kind !== 'address' || this.isBlocked(subject)) return undefined;
    const score = this.levels.scoreAt(subject);
    const isBack =
      score !== null &&
      !this.proxies.hold(addressOfKey(subject.address)) &&
      this.levels.levelOf(subject) === 'CRITICAL';
    return isBack ? { subject, level: 'CRITICAL', score } : undefined;
  }

  /** Also by another instance meanwhile. */
  private isBlocked(subject: Subject): boolean {
    return subject.kind === 'address' && this.blocks.find(subject.address) !== null;
  }

  private answer({ subject, level, score }: LevelChange, cause: SecurityEvent): void {
    const { attack } = score;
    const counts = countsOf(score);
    const points = score.totalAt(this.clock.monotonic());
    // A trusted proxy that omits the client's address is not blocked: that would block all of its clients.
    const isProxy = cause.sourceIp !== undefined && this.proxies.hold(cause.sourceIp);
    // Only addresses are blocked: signed-in users have only soft evidence, which never blocks.
    const isBlocking = level === 'CRITICAL' && subject.kind === 'address' && !isProxy;
    const response = isBlocking ? 'address_blocked' : level === 'MEDIUM' ? 'logged' : 'stricter_limits';
    if (isBlocking) {
      const now = this.clock.now();
      this.blocks.add({
        id: this.random.timeOrderedUuid(),
        address: subject.address,
        userId: null,
        attack,
        signals: counts,
        score: points,
        madeBy: null,
        createdAt: new Date(now),
        expiresAt: new Date(now + blockSeconds[attack] * 1000),
      });
    }
    threatLevelRaised(this.events, cause, {
      level,
      attack,
      score: points,
      signals: Object.entries(counts)
        .map(([name, count]) => `${name}:${count}`)
        .join(','),
      response: this.enforced || level === 'MEDIUM' ? response : `observed_${response}`,
    });
  }
}

function countsOf(score: Score): Partial<Record<Signal, number>> {
  const counts: Partial<Record<Signal, number>> = {};
  for (const { signal } of score.signals) counts[signal] = (counts[signal] ?? 0) + 1;
  return counts;
}
