import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { blockListPolicy } from '../../config/policy/perimeter/threats.js';
import { Log } from '../observability/log.js';
import { channels, Notifications } from '../ports/notifications.js';
import { Clock } from '../ports/clock.js';
import { CoalescedTask } from '../tasks/coalesced-task.js';
import { PeriodicTask } from '../tasks/periodic-task.js';
import { BlocksRepository, type Block } from './blocks.repository.js';
import { HeldBlocks, subjectOf } from './held-blocks.js';
import { nameOf } from './subject.js';
import { ThreatLevels } from './threat-levels.js';

const { automatic, lookEveryMs, reconcileEveryMs, retryMs } = blockListPolicy;

/**
 * Active blocks in memory, checked on every request. A block applies on this instance at once, and on all others when
 * it is written; while the database is unavailable, the write is retried. What others change is read by difference; now
 * and then the whole list is read in pages, beside the present one.
 */
@Injectable()
export class BlockList implements OnModuleInit, OnModuleDestroy {
  private held = new HeldBlocks();
  /** The snapshot of the table up to which `held` is complete; null: the whole list is to be read. */
  private snapshot: string | null = null;
  /** Added here since the whole list began to be read. */
  private readonly sinceReconcile = new Map<string, Block>();
  /** Not written yet. */
  private readonly unwritten = new Map<string, Block>();
  private unsubscribe: (() => void) | null = null;
  private readonly looking: CoalescedTask;
  private readonly retrying: PeriodicTask;
  private readonly reconciling: PeriodicTask;

  constructor(
    private readonly blocks: BlocksRepository,
    private readonly notifications: Notifications,
    private readonly levels: ThreatLevels,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.looking = new CoalescedTask({
      minGapMs: lookEveryMs,
      run: () => this.look(),
      onError: (cause) => {
        // Present blocks stay active; the next connection or retry reads again.
        log.warn('the blocks could not be loaded', { cause });
        this.snapshot = null;
      },
    });
    const onError = (cause: unknown): void => {
      log.warn('blocks could not be written', { cause });
    };
    this.retrying = new PeriodicTask({ everyMs: retryMs, run: () => this.retry(), onError });
    this.reconciling = new PeriodicTask({
      everyMs: reconcileEveryMs,
      jitter: 0.2,
      run: () => this.reconcile(),
      onError,
    });
  }

  onModuleInit(): void {
    this.unsubscribe = this.notifications.subscribe(
      channels.blocks,
      () => void this.looking.request(),
      () => void this.reconcile(),
    );
    this.retrying.start();
    this.reconciling.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.retrying.stop(), this.reconciling.stop()]);
    this.unsubscribe?.();
    await this.writeAll();
    await this.looking.stop();
  }

  /** The active block of unauthenticated requests of an address, or with `userId` of that user there. */
  find(address: string, userId?: string): Block | null {
    if (this.held.size === 0) return null;
    return this.held.find(nameOf(subjectOf({ address, userId: userId ?? null })), this.clock.now());
  }

  get size(): number {
    const now = this.clock.now();
    let active = 0;
    for (const { expiresAt } of this.held.values()) if (expiresAt.getTime() > now) active++;
    return active;
  }

  /** Applies a block at once, and writes it as soon as the database is available. */
  add(block: Block): void {
    this.hold(block);
    if (this.unwritten.size < automatic) this.unwritten.set(block.id, block);
    void this.writeAll();
  }

  /** Applies a block that is written already. */
  hold(block: Block): void {
    if (this.sinceReconcile.size < automatic) this.sinceReconcile.set(block.id, block);
    this.held.add(block);
  }

  private async retry(): Promise<void> {
    await this.writeAll();
    if (this.snapshot === null) await this.looking.request();
  }

  private reconcile(): Promise<void> {
    this.snapshot = null;
    return this.looking.request();
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

  private async look(): Promise<void> {
    const { snapshot } = this;
    if (snapshot === null) {
      await this.readAll();
      return;
    }
    const { changed, snapshot: now, isCut } = await this.blocks.since(snapshot);
    for (const { block, isLifted } of changed) this.apply(block, isLifted);
    // A connection meanwhile asks for the whole list.
    if (this.snapshot !== null) this.snapshot = isCut ? null : now;
    if (isCut) void this.looking.request();
  }

  private apply(block: Block, isLifted: boolean): void {
    if (!isLifted) this.held.add(block);
    else if (this.held.remove(block)) this.forgive(block);
  }

  /** Reads the whole list in pages, and then what was committed meanwhile; the present list answers until both are read. */
  private async readAll(): Promise<void> {
    this.sinceReconcile.clear();
    const snapshot = await this.blocks.snapshot();
    const fresh = new HeldBlocks();
    for (const by of ['administrators', 'service'] as const) await this.readPages(by, fresh);
    const { changed, snapshot: now } = await this.blocks.since(snapshot);
    for (const { block, isLifted } of changed)
      if (isLifted) fresh.remove(block);
      else fresh.add(block);
    for (const block of [...this.unwritten.values(), ...this.sinceReconcile.values()]) fresh.add(block);
    const former = this.held;
    this.held = fresh;
    this.snapshot = now;
    // With more blocks than are held, one that is missing need not have been lifted.
    if (!fresh.isFull) this.forgiveMissing(former);
  }

  /** Oldest last in a page, first in memory: the newest are the ones that stay when there are too many. */
  private async readPages(by: 'administrators' | 'service', fresh: HeldBlocks): Promise<void> {
    const found: Block[] = [];
    for (let page = await this.blocks.page(by, null); page.length > 0;) {
      found.push(...page);
      if (by === 'service' && found.length >= automatic) break;
      page = await this.blocks.page(by, page.at(-1)?.id ?? null);
    }
    for (const block of found.reverse()) fresh.add(block);
  }

  private forgiveMissing(former: HeldBlocks): void {
    const now = this.clock.now();
    for (const block of former.values()) {
      const isActive = block.expiresAt.getTime() > now;
      if (isActive && this.find(block.address, block.userId ?? undefined) === null) this.forgive(block);
    }
  }

  /** Lifted: its score is reset, or the next minor event would block again. */
  private forgive(block: Block): void {
    this.levels.forgive(subjectOf(block));
  }
}
