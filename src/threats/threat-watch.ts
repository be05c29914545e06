import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { blockSeconds, signals, type Signal } from '../../config/policy/perimeter/threats.js';
import { SecurityEvents, type SecurityEvent } from '../observability/security-events.js';
import { Clock } from '../ports/clock.js';
import { Random } from '../ports/random.js';
import { AddressRanges } from '../network/address-ranges.js';
import { addressKeyOf, addressOfKey } from '../network/client-address.js';
import { BlockList } from './block-list.js';
import type { Score } from './score.js';
import { ThreatLevels, type LevelChange } from './threat-levels.js';
import { threatLevelRaised } from './threats.events.js';

/**
 * Listens to the security events, adds up what they say about whoever caused them, and answers when a level rises: MEDIUM
 * is noted, HIGH tightens limits, CRITICAL keeps out. Where responses are only observed, the same is computed and noted.
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
  ) {
    this.enforced = config.threatResponses === 'enforce';
    const { proxy } = config;
    this.proxies = new AddressRanges(
      proxy.mode === 'none' ? [] : proxy.mode === 'railway' ? proxy.peers : proxy.trusted,
    );
  }

  onModuleInit(): void {
    this.events.listen((event) => {
      this.onEvent(event);
    });
  }

  private onEvent(event: SecurityEvent): void {
    const { signal, sourceIp, userId } = event;
    if (signal === undefined || sourceIp === undefined) return;
    const doer = signals[signal].laidTo === 'caller' ? userId : undefined;
    const address = addressKeyOf(sourceIp);
    const risen = this.levels.add(signal, address, doer);
    // A person rises with themselves at this address: that is one thing to say, and the narrower one says more.
    const narrowest = risen.at(-1) ?? this.persistent(address, doer);
    if (narrowest !== undefined) this.answer(narrowest, event);
  }

  /** Whoever goes on after a block has ended rises no further, and is kept out again. */
  private persistent(address: string, doer: string | undefined): LevelChange | undefined {
    if (doer !== undefined || this.blocks.find(address) !== null) return undefined;
    const subject = { kind: 'address', address } as const;
    const score = this.levels.scoreAt(subject);
    const isBack =
      score !== null &&
      !this.proxies.hold(addressOfKey(address)) &&
      this.levels.levelOf(subject) === 'CRITICAL';
    return isBack ? { subject, level: 'CRITICAL', score } : undefined;
  }

  private answer({ subject, level, score }: LevelChange, cause: SecurityEvent): void {
    const { attack } = score;
    const counts = countsOf(score);
    const points = score.totalAt(this.clock.now());
    // A proxy that forgets to name the client would have everybody kept out for one.
    const isProxy = cause.sourceIp !== undefined && this.proxies.hold(cause.sourceIp);
    // Of whoever is signed in there is soft evidence alone, which keeps nobody out.
    const keepsOut = level === 'CRITICAL' && subject.kind === 'address' && !isProxy;
    const response = keepsOut ? 'address_blocked' : level === 'MEDIUM' ? 'logged' : 'stricter_limits';
    if (keepsOut) {
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
