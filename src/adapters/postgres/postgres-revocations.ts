import { setTimeout as sleep } from 'node:timers/promises';
import { feedPolicy, revocationPolicy } from '../../../config/policy/operations/feed.js';
import type { Database, Executor, Transaction } from '../../database/database.js';
import { Notifications, channels } from '../../ports/notifications.js';
import {
  Revocations,
  RevocationsUnavailable,
  type RevocableClaims,
  type Revocation,
} from '../../ports/revocations.js';
import { inBatches } from '../../tasks/in-batches.js';
import { PeriodicTask } from '../../tasks/periodic-task.js';
import { ReplicaFeed } from './replica-feed.js';
import { RevocationReplica } from './revocation-replica.js';
import { RevocationsTable } from './revocations-table.js';

const { silenceLimitMs } = feedPolicy;
const { purgeEveryMs, purgeBatch } = revocationPolicy;

/**
 * The table is authoritative; a replica in memory answers. It answers only while it is complete since the last connection,
 * the heartbeat is recent and no announcement has waited too long for its row; otherwise it throws. Whom an announcement has named
 * it answers once it has read what was committed.
 */
export class PostgresRevocations extends Revocations {
  private readonly table: RevocationsTable;
  private readonly feed: ReplicaFeed;
  private unsubscribe: (() => void) | null = null;
  private readonly purging: PeriodicTask;

  constructor(
    private readonly database: Database,
    private readonly notifications: Notifications,
    onTrouble: (error: unknown) => void,
    capacity = RevocationReplica.capacity,
  ) {
    super();
    this.table = new RevocationsTable(database);
    this.feed = new ReplicaFeed(this.table, capacity, onTrouble);
    this.purging = new PeriodicTask({
      everyMs: purgeEveryMs,
      run: (signal) => this.purge(signal),
      onError: onTrouble,
    });
  }

  open(): void {
    this.unsubscribe = this.notifications.subscribe(
      channels.revocations,
      (text) => {
        this.feed.onAnnouncement(this.notifications.lastHeartbeat(), text);
      },
      () => {
        this.feed.onConnect();
      },
    );
    this.purging.start();
  }

  /**
   * Resolves once the replica is fresh: an instance that listens earlier would refuse every authenticated request. `timeoutMs`:
   * without a page of the load; a million rows may take longer.
   */
  async ready(timeoutMs: number): Promise<void> {
    const start = performance.now();
    while (this.freshReplica() === null) {
      if (performance.now() - Math.max(start, this.feed.loadedAt) > timeoutMs) {
        // If the database is unavailable, its own error is more specific.
        await this.database.ping();
        throw new Error('the blacklist could not be loaded in time');
      }
      await sleep(5);
    }
  }

  async close(): Promise<void> {
    this.unsubscribe?.();
    await this.purging.stop();
    await this.feed.stop();
  }

  isRevoked(claims: RevocableClaims): boolean | Promise<boolean> {
    const replica = this.freshReplica();
    if (replica !== null) return this.answer(replica, claims);
    const read = this.afterPause();
    if (read === null) throw silent();
    return read.then(() => {
      const later = this.freshReplica();
      if (later === null) throw silent();
      return this.answer(later, claims);
    });
  }

  isKnownToLive(claims: RevocableClaims): boolean {
    const replica = this.freshReplica();
    return replica !== null && !replica.full && !this.feed.isNamed(claims) && !replica.holds(claims);
  }

  isFresh(): boolean {
    return this.freshReplica() !== null;
  }

  override afterPause(): Promise<void> | null {
    // What was announced during the pause has been heard then; its rows are read before anybody is answered.
    return this.notifications.afterPause()?.then(() => this.hinted()) ?? null;
  }

  async revoke(tx: Transaction, revocations: readonly Revocation[]): Promise<void> {
    if (revocations.length > 0) await this.table.add(tx, revocations);
  }

  areSignInsClosed(executor: Executor = this.database.query): Promise<boolean> {
    return this.table.areSignInsClosed(executor);
  }

  heardSignInsClosed(): boolean | null {
    return this.freshReplica()?.cut.isClosed ?? null;
  }

  applied(revocations: readonly Revocation[]): void {
    for (const replica of this.feed.replicas)
      for (const entry of revocations) {
        const epoch = entry.kind === 'user' ? entry.epoch : null;
        replica.add(entry.kind, entry.subject, epoch, Math.ceil(entry.expiresAt.getTime() / 1000));
      }
  }

  private hinted(): Promise<void> {
    return this.feed.onHint(this.notifications.lastHeartbeat());
  }

  /** The replica, or null while it may be stale. */
  private freshReplica(): RevocationReplica | null {
    const oldest = Math.min(this.notifications.lastHeartbeat(), this.feed.completeUntil);
    return performance.now() - oldest > silenceLimitMs ? null : this.feed.replica;
  }

  private answer(replica: RevocationReplica, claims: RevocableClaims): boolean | Promise<boolean> {
    if (replica.holds(claims)) return true;
    if (this.feed.isNamed(claims)) return this.answerBehindLook(claims);
    return replica.full ? this.ask(claims) : false;
  }

  private async answerBehindLook(claims: RevocableClaims): Promise<boolean> {
    const hasLooked = await this.feed.lookNow();
    const replica = this.freshReplica();
    if (!hasLooked || replica === null) throw silent();
    // Of this moment: named again meanwhile or not.
    return replica.holds(claims) || (replica.full ? this.ask(claims) : false);
  }

  private async ask(claims: RevocableClaims): Promise<boolean> {
    const askedAt = performance.now();
    const isHeld = await this.table.holds(claims).catch((cause: unknown) => {
      throw new RevocationsUnavailable('the replica is full and the database does not answer', { cause });
    });
    if (isHeld || this.feed.replica?.holds(claims) === true) return true;
    // Read behind a pause of this process, it says nothing of what was committed meanwhile.
    if (performance.now() - askedAt > silenceLimitMs) throw silent();
    return false;
  }

  /** Deletes rows whose tokens have expired anyway; what did not fit into the replica may fit then. */
  private async purge(signal: AbortSignal): Promise<void> {
    for (const replica of this.feed.replicas) replica.purge(Math.floor(Date.now() / 1000));
    await inBatches(purgeBatch, () => this.table.removeExpired(), signal);
    if (this.feed.replica?.full === true) this.feed.reload();
  }
}

const silent = (): RevocationsUnavailable => new RevocationsUnavailable('the feed of revocations is silent');
