import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { administrators } from '../../../config/policy/accounts/roles.js';
import { postureCachedMs } from '../../../config/policy/operations/security-events.js';
import type { Attack, ThreatLevel } from '../../../config/policy/perimeter/threats.js';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/route/caller.js';
import { SecurityEvents, type SecurityEvent } from '../../observability/security-events.js';
import { addressKeyOf } from '../../network/client-address.js';
import { BlockList } from '../../threats/block-list.js';
import { BlocksRepository, type Block } from '../../threats/blocks.repository.js';
import { ThreatLevels } from '../../threats/threat-levels.js';
import { AlertReceiver } from '../../ports/alert-receiver.js';
import { Clock } from '../../ports/clock.js';
import { Random } from '../../ports/random.js';
import { UsersService } from '../users/users.service.js';
import { AlertService } from './alerts/alert.service.js';
import {
  SecurityEventsRepository,
  type EventCount,
  type EventFilter,
  type KeptEvent,
} from './events/security-events.repository.js';

/** From where an administrator acts. */
export interface Acting {
  readonly ip: string;
  readonly requestId: string;
}

export interface BlockOrder {
  readonly address: string;
  readonly userId: string | null;
  readonly minutes: number;
  readonly reason: Attack | null;
}

export interface Posture {
  readonly mode: Config['threatResponses'];
  readonly levels: Readonly<Record<ThreatLevel, number>>;
  readonly blocksInForce: number;
  readonly events: readonly EventCount[];
  readonly alertsGoOut: boolean;
}

const dayMs = 24 * 3600 * 1000;

/** What the security team sees and does. */
@Injectable()
export class SecurityService {
  private counted: { readonly at: number; readonly counts: Promise<EventCount[]> } | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly kept: SecurityEventsRepository,
    private readonly blocks: BlocksRepository,
    private readonly blockList: BlockList,
    private readonly levels: ThreatLevels,
    private readonly users: UsersService,
    private readonly receiver: AlertReceiver,
    private readonly alerts: AlertService,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  async listEvents(filter: EventFilter, limit: number, cursor: string | null): Promise<Page<KeptEvent>> {
    return pageOf(await this.kept.list(filter, limit + 1, cursor), limit);
  }

  async listBlocks(limit: number, cursor: string | null): Promise<Page<Block>> {
    return pageOf(await this.blocks.inForce(limit + 1, cursor), limit);
  }

  /** @throws Problem `own_address`, `not_found`, `forbidden` */
  async block(caller: Caller, order: BlockOrder, acting: Acting): Promise<Block> {
    const { userId, minutes, reason } = order;
    const address = addressKeyOf(order.address);
    const isOwn = address === addressKeyOf(acting.ip) && userId === null;
    if (isOwn || userId === caller.userId) throw new Problem('own_address');
    if (userId !== null) await this.requireReach(caller, userId);
    const now = this.clock.now();
    const block: Block = {
      id: this.random.timeOrderedUuid(),
      address,
      userId,
      attack: reason ?? 'manual',
      signals: {},
      score: 0,
      madeBy: caller.userId,
      createdAt: new Date(now),
      expiresAt: new Date(now + minutes * 60_000),
    };
    await this.blocks.add(block);
    this.blockList.hold(block);
    this.record(caller, acting, 'ADMIN block added', userId === null ? 'address_blocked' : 'caller_blocked', {
      block_id: block.id,
      minutes,
      address,
      ...(userId === null ? {} : { target_id: userId }),
    });
    return block;
  }

  /** Every instance hears of it from the database. @throws Problem `not_found` */
  async lift(caller: Caller, id: string, acting: Acting): Promise<void> {
    const lifted = await this.blocks.lift(id, caller.userId);
    if (lifted === null) throw new Problem('not_found');
    this.record(caller, acting, 'ADMIN block lifted', 'none', {
      block_id: id,
      address: lifted.address,
      ...(lifted.userId === null ? {} : { target_id: lifted.userId }),
    });
  }

  async posture(): Promise<Posture> {
    return {
      mode: this.config.threatResponses,
      levels: this.levels.count(),
      blocksInForce: this.blockList.size,
      events: await this.countEvents(),
      alertsGoOut: this.receiver.isConfigured,
    };
  }

  /** @throws Problem `alerts_unconfigured` */
  async testAlert(caller: Caller, acting: Acting): Promise<string> {
    if (!this.receiver.isConfigured) throw new Problem('alerts_unconfigured');
    const event = this.record(caller, acting, 'ADMIN test alert', 'alert_sent');
    return this.alerts.test(event);
  }

  /** Once for whoever asks within a few seconds: a day may have many events. */
  private countEvents(): Promise<EventCount[]> {
    const now = this.clock.now();
    if (this.counted !== null && now - this.counted.at < postureCachedMs) return this.counted.counts;
    const counts = this.kept.countSince(new Date(now - dayMs));
    this.counted = { at: now, counts };
    counts.catch(() => {
      this.counted = null;
    });
    return counts;
  }

  /** Only a super_admin acts against administrators. */
  private async requireReach(caller: Caller, userId: string): Promise<void> {
    const target = await this.users.find(userId);
    if (target === null) throw new Problem('not_found');
    if (administrators.some((role) => role === target.role) && caller.role !== 'super_admin')
      throw new Problem('forbidden');
  }

  private record(
    { userId }: Caller,
    { ip, requestId }: Acting,
    text: string,
    response: string,
    details: NonNullable<SecurityEvent['details']> = {},
  ): SecurityEvent {
    const event: SecurityEvent = {
      event: 'authz_admin',
      level: 'MEDIUM',
      text,
      sourceIp: ip,
      userId,
      requestId,
      response,
      details,
    };
    this.events.record(event);
    return event;
  }
}

export interface Page<T> {
  readonly page: readonly T[];
  readonly nextCursor: string | null;
}

function pageOf<T extends { readonly id: string }>(found: readonly T[], limit: number): Page<T> {
  const page = found.slice(0, limit);
  return { page, nextCursor: found.length > limit ? (page.at(-1)?.id ?? null) : null };
}
