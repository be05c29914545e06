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
 * Active blocks in memory, checked on every request. A block applies on this instance at once, and on all others when
 * it is written; while the database is unavailable, the write is retried.
 */
@Injectable()
export class BlockList implements OnModuleInit, OnModuleDestroy {
  private held = new Map<string, Block>();
  /** Blocks added since the latest load began. */
  private readonly sinceLoad = new Map<string, Block>();
  /** Not written yet. */
  private readonly unwritten = new Map<string, Block>();
  private readonly stops: (() => void)[] = [];
  private readonly retrying: PeriodicTask;
  /** Loads are serialised, so that an older one never replaces a newer one. */
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
    // Coalesces notifications: at most one running load, and one more after it.
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

  /** The active block of unauthenticated requests of an address, or with `userId` of that user there. */
  find(address: string, userId?: string): Block | null {
    if (this.held.size === 0) return null;
    const block = this.held.get(nameOf(subjectOf({ address, userId: userId ?? null })));
    return block !== undefined && block.expiresAt.getTime() > this.clock.now() ? block : null;
  }

  get size(): number {
    const now = this.clock.now();
    return [...this.held.values()].filter(({ expiresAt }) => expiresAt.getTime() > now).length;
  }

  /** Applies a block at once, and writes it as soon as the database is available. */
  add(block: Block): void {
    this.hold(block);
    if (this.unwritten.size < maxBlocks) this.unwritten.set(block.id, block);
    void this.writeAll();
  }

  /** Applies a block that is written already. Beyond `maxBlocks` the oldest is dropped. */
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
      // Blocks added during the query may be missing in its result.
      for (const block of [...this.unwritten.values(), ...later.values()]) keep(fresh, block);
      const now = this.clock.now();
      // Lifted: its score is reset, or the next minor event would block again.
      for (const [name, block] of this.held)
        if (!fresh.has(name) && block.expiresAt.getTime() > now) this.levels.forgive(subjectOf(block));
      this.held = fresh;
    } catch (cause) {
      // Present blocks stay active; the next connection loads again.
      this.log.warn('the blocks could not be loaded', { cause });
    }
  }
}

/** Of two blocks of one subject the later expiry wins: a short block never shortens a long one. */
const outlasts = (block: Block, other: Block | undefined): boolean =>
  other === undefined || block.expiresAt.getTime() >= other.expiresAt.getTime();

function keep(blocks: Map<string, Block>, block: Block): void {
  const name = nameOf(subjectOf(block));
  if (outlasts(block, blocks.get(name))) blocks.set(name, block);
}

const subjectOf = ({ address, userId }: Pick<Block, 'address' | 'userId'>): Subject =>
  userId === null ? { kind: 'address', address } : { kind: 'pair', address, userId };
