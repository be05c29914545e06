import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { maxBlocks } from '../../config/policy/perimeter/threats.js';
import { Log } from '../observability/log.js';
import { channels, Notifications } from '../ports/notifications.js';
import { Clock } from '../ports/clock.js';
import { BlocksRepository, type Block } from './blocks.repository.js';
import { nameOf, type Subject } from './subject.js';
import { ThreatLevels } from './threat-levels.js';
import { PeriodicTask } from '../tasks/periodic-task.js';

const retryEveryMs = 5000;

/**
 * Who is kept out, in memory and asked on every request. A block holds here at once and everywhere as soon as it is
 * written; while the database is away it holds here and is written later.
 */
@Injectable()
export class BlockList implements OnModuleInit, OnModuleDestroy {
  private held = new Map<string, Block>();
  /** Held since the latest load began. */
  private readonly sinceLoad = new Map<string, Block>();
  /** Not written yet. */
  private readonly unwritten = new Map<string, Block>();
  private readonly stops: (() => void)[] = [];
  private readonly retrying: PeriodicTask;
  /** Loads come one after the other, so that an older one never replaces a newer one. */
  private loading: Promise<void> = Promise.resolve();

  constructor(
    private readonly blocks: BlocksRepository,
    private readonly notifications: Notifications,
    private readonly levels: ThreatLevels,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.retrying = new PeriodicTask({
      everyMs: retryEveryMs,
      run: () => this.writeAll(),
      onError: (cause) => {
        log.warn('blocks could not be written', { cause });
      },
    });
  }

  onModuleInit(): void {
    // However many announcements come: one load under way, and one more for what came meanwhile.
    let isDue = false;
    const load = (): void => {
      if (isDue) return;
      isDue = true;
      this.loading = this.loading.then(() => {
        isDue = false;
        return this.load();
      });
    };
    this.stops.push(this.notifications.subscribe(channels.blocks, load, load));
    this.retrying.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.retrying.stop();
    for (const stop of this.stops) stop();
    await this.writeAll();
    await this.loading;
  }

  /** The block in force on whoever is not signed in at an address, or on a person there. */
  find(address: string, userId?: string): Block | null {
    if (this.held.size === 0) return null;
    const block = this.held.get(nameOf(subjectOf({ address, userId: userId ?? null })));
    return block !== undefined && block.expiresAt.getTime() > this.clock.now() ? block : null;
  }

  get size(): number {
    const now = this.clock.now();
    return [...this.held.values()].filter(({ expiresAt }) => expiresAt.getTime() > now).length;
  }

  /** Holds at once, and is written as soon as the database takes it. */
  add(block: Block): void {
    this.hold(block);
    if (this.unwritten.size < maxBlocks) this.unwritten.set(block.id, block);
    void this.writeAll();
  }

  /** Holds one that is written already. Beyond the bound the oldest ends. */
  hold(block: Block): void {
    const name = nameOf(subjectOf(block));
    this.sinceLoad.set(name, block);
    if (!outlasts(block, this.held.get(name))) return;
    this.held.delete(name);
    if (this.held.size >= maxBlocks) {
      const [oldest] = this.held.keys();
      if (oldest !== undefined) this.held.delete(oldest);
    }
    this.held.set(name, block);
  }

  private async writeAll(): Promise<void> {
    for (const block of this.unwritten.values()) {
      if (block.expiresAt.getTime() > this.clock.now()) {
        try {
          await this.blocks.add(block);
        } catch (cause) {
          this.log.warn('a block was not written; it holds on this instance alone', { cause });
          return;
        }
      }
      this.unwritten.delete(block.id);
    }
  }

  private async load(): Promise<void> {
    this.sinceLoad.clear();
    try {
      const fresh = new Map<string, Block>();
      const later = this.sinceLoad;
      for (const block of await this.blocks.inForce()) keep(fresh, block);
      // What came while the database was asked may not be in its answer.
      for (const block of [...this.unwritten.values(), ...later.values()]) keep(fresh, block);
      const now = this.clock.now();
      // Lifted: what led to it is forgiven, or the next small thing would bring it back.
      for (const [name, block] of this.held)
        if (!fresh.has(name) && block.expiresAt.getTime() > now) this.levels.forgive(subjectOf(block));
      this.held = fresh;
    } catch (cause) {
      // What is held goes on to hold; the next connection loads again.
      this.log.warn('the blocks could not be loaded', { cause });
    }
  }
}

/** Of two blocks of one subject the one that ends later holds: a short one never ends a long one. */
const outlasts = (block: Block, other: Block | undefined): boolean =>
  other === undefined || block.expiresAt.getTime() >= other.expiresAt.getTime();

function keep(blocks: Map<string, Block>, block: Block): void {
  const name = nameOf(subjectOf(block));
  if (outlasts(block, blocks.get(name))) blocks.set(name, block);
}

const subjectOf = ({ address, userId }: Pick<Block, 'address' | 'userId'>): Subject =>
  userId === null ? { kind: 'address', address } : { kind: 'pair', address, userId };
