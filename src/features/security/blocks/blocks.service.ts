import { Injectable } from '@nestjs/common';
import type { Role } from '../../../../config/policy/accounts/roles.js';
import { blockListPolicy, type Attack } from '../../../../config/policy/perimeter/threats.js';
import { Database, type Transaction } from '../../../database/database.js';
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
import { AuditTrail } from '../../audit/audit-trail.service.js';
import { blockAdded, blockLifted, blockRefused } from '../security.events.js';
import { BlockReach } from './block-reach.js';

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
    private readonly database: Database,
    private readonly blocks: BlocksRepository,
    private readonly blockList: BlockList,
    private readonly reach: BlockReach,
    private readonly audit: AuditTrail,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Active blocks. */
  async list(page: PageRequest): Promise<Page<Block>> {
    return pageOf(await this.blocks.inForce(rowsOf(page), page.cursor), page);
  }

  /**
   * Adds a block, which applies on every instance. @throws Problem `own_address`, `not_found`, `forbidden`,
   * `blocks_exceeded`
   */
  async add(caller: Caller, order: BlockOrder, client: ClientContext): Promise<Block> {
    const { userId, minutes, reason } = order;
    const address = addressKeyOf(order.address);
    const isOwn = address === addressKeyOf(client.ip) && userId === null;
    if (isOwn || userId === caller.userId) throw new Problem('own_address');
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
    await this.withinReach(caller, block, client, async (tx, role) => {
      await this.reach.requireSubject(tx, role, block);
      if ((await this.blocks.countManual(tx)) >= blockListPolicy.manual) throw new Problem('blocks_exceeded');
      const entry = {
        action: 'block.added',
        subjectId: userId,
        details: { block: block.id, minutes },
      } as const;
      await this.blocks.add(block, await this.audit.entry(tx, entry, client), tx);
    });
    this.blockList.hold(block);
    blockAdded(this.events, client, block, minutes);
    return block;
  }

  /**
   * Lifts a block and the others of its subject; the database notifies every instance. Undoing asks for the same reach as
   * doing. @throws Problem `not_found`, `forbidden`
   */
  async lift(caller: Caller, id: string, client: ClientContext): Promise<void> {
    const lifted = await this.withinReach(
      caller,
      { id, address: null, userId: null },
      client,
      async (tx, role) => {
        const blocks = await this.blocks.lockSubject(tx, id);
        const [first] = blocks;
        if (first === undefined) throw new Problem('not_found');
        for (const block of blocks) await this.reach.requireMaker(tx, { id: caller.userId, role }, block);
        const details = { block: id };
        const entry = { action: 'block.lifted', subjectId: first.userId, details } as const;
        await this.blocks.lift(tx, blocks, caller.userId, await this.audit.entry(tx, entry, client));
        return first;
      },
    );
    blockLifted(this.events, client, { id, address: lifted.address, userId: lifted.userId });
  }

  /** A refusal changes nothing, and is one event. */
  private async withinReach<T>(
    caller: Caller,
    block: { readonly id: string; readonly address: string | null; readonly userId: string | null },
    client: ClientContext,
    work: (tx: Transaction, role: Role) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.database.transaction(async (tx) => work(tx, await this.reach.roleOf(tx, caller)));
    } catch (error) {
      if (error instanceof Problem && error.code === 'forbidden') blockRefused(this.events, client, block);
      throw error;
    }
  }
}
