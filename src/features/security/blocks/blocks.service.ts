import { Injectable } from '@nestjs/common';
import { administrators } from '../../../../config/policy/accounts/roles.js';
import type { Attack } from '../../../../config/policy/perimeter/threats.js';
import { pageOf, rowsOf, type Page, type PageRequest } from '../../../database/page.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { addressKeyOf } from '../../../network/client-address.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Clock } from '../../../ports/clock.js';
import { Random } from '../../../ports/random.js';
import { BlockList } from '../../../threats/block-list.js';
import { BlocksRepository, type Block } from '../../../threats/blocks.repository.js';
import { UsersService } from '../../users/users.service.js';
import { blockAdded, blockLifted } from '../security.events.js';

export interface BlockOrder {
  readonly address: string;
  /** Null: requests of the address that are not signed in. */
  readonly userId: string | null;
  readonly minutes: number;
  readonly reason: Attack | null;
}

/** Blocks that administrators add and lift. */
@Injectable()
export class BlocksService {
  constructor(
    private readonly blocks: BlocksRepository,
    private readonly blockList: BlockList,
    private readonly users: UsersService,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Active blocks. */
  async list(page: PageRequest): Promise<Page<Block>> {
    return pageOf(await this.blocks.inForce(rowsOf(page), page.cursor), page);
  }

  /** Adds a block, which applies on every instance. @throws Problem `own_address`, `not_found`, `forbidden` */
  async add(caller: Caller, order: BlockOrder, client: ClientContext): Promise<Block> {
    const { userId, minutes, reason } = order;
    const address = addressKeyOf(order.address);
    const isOwn = address === addressKeyOf(client.ip) && userId === null;
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
    blockAdded(this.events, client, block, minutes);
    return block;
  }

  /** Lifts a block; the database notifies every instance. @throws Problem `not_found` */
  async lift(caller: Caller, id: string, client: ClientContext): Promise<void> {
    const lifted = await this.blocks.lift(id, caller.userId);
    if (lifted === null) throw new Problem('not_found');
    blockLifted(this.events, client, { id, ...lifted });
  }

  /** Only a super_admin may block administrators. */
  private async requireReach(caller: Caller, userId: string): Promise<void> {
    const target = await this.users.find(userId);
    if (target === null) throw new Problem('not_found');
    if (administrators.some((role) => role === target.role) && caller.role !== 'super_admin')
      throw new Problem('forbidden');
  }
}
