import { databaseLimits } from '../../../config/policy/operations/database.js';
import { feedPolicy, revocationPolicy } from '../../../config/policy/operations/feed.js';
import type { RevocableClaims } from '../../ports/revocations.js';
import { CoalescedTask } from '../../tasks/coalesced-task.js';
import { NamedSubjects } from './named-subjects.js';
import { RevocationReplica } from './revocation-replica.js';
import type { RevocationsTable } from './revocations-table.js';

/** A replica, and the snapshot of the table up to which it is complete. */
interface Copy {
  readonly replica: RevocationReplica;
  snapshot: string;
}

const { lookEveryMs, lookSpreadMs, retryMs, reloadSpreadMs } = revocationPolicy;
/** A look that begins by then ends, or is given up, before the replica would count as stale: where a connection is free for it. */
const untilLookMs = feedPolicy.silenceLimitMs - databaseLimits.statementTimeoutMs;

/**
 * Keeps a replica of the table complete. A hint causes a look at what was committed since the last one, however many come
 * and whatever they say; where it names its subject, soon and not at once, and the subject is not answered for meanwhile. A whole
 * load happens in pages beside the present replica, which answers until the new one stands.
 */
export class ReplicaFeed {
  private copy: Copy | null = null;
  /** Loaded whole, and takes the place of `copy` with its first look. */
  private loaded: Copy | null = null;
  /** What the present look completes. A load that ends meanwhile replaces `loaded`, and this one answers first. */
  private looked: Copy | null = null;
  private loading: Promise<void> | null = null;
  private reloading: NodeJS.Timeout | null = null;
  /** Counts connections: a look that began before the latest one may have missed what was not announced. */
  private connections = 0;
  private lookedSince = 0;
  /** When the latest look began that has ended well; monotonic milliseconds. */
  private lookedAt = -Infinity;
  /** When a page of a whole load last came; monotonic milliseconds. */
  private pagedAt = -Infinity;
  private complete = Infinity;
  /** Counts hints: one that came since a look began is not followed by it. */
  private hints = 0;
  private readonly named = new NamedSubjects();
  private lookingSoon: NodeJS.Timeout | null = null;
  private readonly looking: CoalescedTask;

  constructor(
    private readonly table: Pick<RevocationsTable, 'snapshot' | 'page' | 'since'>,
    private readonly capacity: number,
    private readonly onTrouble: (error: unknown) => void,
  ) {
    this.looking = new CoalescedTask({
      minGapMs: lookEveryMs,
      run: () => this.look().finally(() => (this.looked = null)),
      onError: (error) => {
        onTrouble(error);
        this.lookWithin(retryMs);
      },
    });
  }

  /** Null until a look has ended that began after the latest connection. */
  get replica(): RevocationReplica | null {
    return this.lookedSince === this.connections ? (this.copy?.replica ?? null) : null;
  }

  /**
   * While a hint waits for its look: what was committed before this moment of the monotonic clock is in the replica, and what was
   * later may be missing. Infinity while none waits.
   */
  get completeUntil(): number {
    return this.complete;
  }

  /** When a whole load last went on, in milliseconds of the monotonic clock. */
  get loadedAt(): number {
    return this.pagedAt;
  }

  /** Every replica that will answer: the present one, one that is loaded, and the one of the present look. */
  get replicas(): RevocationReplica[] {
    return [this.copy, this.loaded, this.looked].flatMap((copy) => (copy === null ? [] : [copy.replica]));
  }

  /**
   * Something may have been committed. Resolves after a look that began later; it never rejects. `provenAt`: the latest heartbeat
   * that came back was sent then, so what was committed before has been announced earlier. When the hint is read proves nothing:
   * it may have waited on the socket.
   */
  onHint(provenAt: number): Promise<void> {
    this.count(provenAt);
    return this.looking.request();
  }

  /**
   * The same of a hint with its text. Where that names its subject, `isNamed` says so until the end of a look that begins within
   * `lookSpreadMs`: of many instances that hear it, few ask the table at the same time.
   */
  onAnnouncement(provenAt: number, text: string): void {
    this.count(provenAt);
    const waitMs = Math.min(Math.random() * lookSpreadMs, this.complete + untilLookMs - performance.now());
    if (!this.named.add(text, this.hints) || waitMs <= 0) void this.looking.request();
    else this.lookWithin(waitMs);
  }

  /** False when the look failed; what was committed before this call is in the replica otherwise. */
  async lookNow(): Promise<boolean> {
    const now = performance.now();
    await this.looking.request();
    return this.lookedAt >= now;
  }

  /** A hint named what would revoke this token, and no look has answered for it yet. */
  isNamed(claims: RevocableClaims): boolean {
    return this.named.concern(claims);
  }

  private count(provenAt: number): void {
    this.hints++;
    this.complete = Math.min(this.complete, provenAt);
  }

  onConnect(): void {
    this.connections++;
    void this.looking.request();
    // The present replica answers meanwhile: instances that were cut off together need not read everything at the same time.
    if (this.copy !== null)
      this.reloading ??= setTimeout(() => {
        this.reloading = null;
        this.reload();
      }, Math.random() * reloadSpreadMs).unref();
  }

  /** Loads everything again, behind the present replica. */
  reload(): void {
    this.loading ??= this.loadBehind().finally(() => {
      this.loading = null;
    });
  }

  async stop(): Promise<void> {
    if (this.reloading !== null) clearTimeout(this.reloading);
    await this.looking.stop();
    await this.loading;
  }

  private async loadBehind(): Promise<void> {
    try {
      this.loaded = await this.load();
      await this.looking.request();
    } catch (error) {
      // The present replica is complete without it.
      this.onTrouble(error);
    }
  }

  /** One timer, however many ask for it. */
  private lookWithin(ms: number): void {
    this.lookingSoon ??= setTimeout(() => {
      this.lookingSoon = null;
      void this.looking.request();
    }, ms).unref();
  }

  private async look(): Promise<void> {
    const { connections, hints } = this;
    // It sees what all hints so far were about.
    if (this.lookingSoon !== null) clearTimeout(this.lookingSoon);
    this.lookingSoon = null;
    const beganAt = performance.now();
    const copy = this.loaded ?? this.copy ?? (await this.load());
    this.looked = copy;
    const { rows, snapshot, isCut, isOlder, cut } = await this.table.since(copy.snapshot);
    if (isCut || isOlder) {
      // Nothing is answered from a replica that belongs to another state of the table.
      if (isOlder) this.copy = null;
      this.loaded = await this.load();
      await this.look();
      return;
    }
    for (const { kind, subject, epoch, exp } of rows) copy.replica.add(kind, subject, epoch, exp);
    copy.replica.cut = cut;
    copy.snapshot = snapshot;
    if (copy === this.loaded) this.loaded = null;
    this.copy = copy;
    this.lookedSince = connections;
    this.lookedAt = beganAt;
    this.named.forgetUntil(hints);
    this.complete = this.hints === hints ? Infinity : beganAt;
  }

  private async load(): Promise<Copy> {
    const copy = { replica: new RevocationReplica(this.capacity), snapshot: await this.table.snapshot() };
    let after = '0';
    for (;;) {
      const rows = await this.table.page(after);
      this.pagedAt = performance.now();
      for (const { kind, subject, epoch, exp } of rows) copy.replica.add(kind, subject, epoch, exp);
      const last = rows.at(-1);
      // What does not fit is asked of the database: no need to read it here.
      if (last === undefined || copy.replica.full) return copy;
      after = last.id;
    }
  }
}
