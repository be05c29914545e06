import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Database, type Transaction } from '../../database/database.js';
import { Notifications, channels } from '../../ports/notifications.js';
import {
  Revocations,
  RevocationsUnavailable,
  type RevocableClaims,
  type Revocation,
} from '../../ports/revocations.js';
import { RevocationReplica } from './revocation-replica.js';
import { inBatches } from '../../tasks/in-batches.js';
import { PeriodicTask } from '../../tasks/periodic-task.js';

/** Heartbeats come every half second; after this many milliseconds without one no token passes. */
const silenceLimitMs = 2000;
const purgeEveryMs = 60_000;
/** Rows deleted in one statement. */
const purgeBatch = 5000;
const reloadDelayMs = 500;

/**
 * The table is authoritative; a replica in memory answers. It answers only while it has been loaded since the last
 * connection and the heartbeat is recent; otherwise it throws.
 */
export class PostgresRevocations extends Revocations {
  private replica: RevocationReplica;
  private loaded = false;
  /** Counts connections: a load that a reconnect has overtaken must not mark the replica as fresh. */
  private generation = 0;
  private unsubscribe: (() => void) | null = null;
  private readonly purging: PeriodicTask;

  constructor(
    private readonly database: Database,
    private readonly notifications: Notifications,
    private readonly onTrouble: (error: unknown) => void,
    private readonly capacity = RevocationReplica.capacity,
  ) {
    super();
    this.replica = new RevocationReplica(capacity);
    this.purging = new PeriodicTask({
      everyMs: purgeEveryMs,
      run: (signal) => this.purge(signal),
      onError: onTrouble,
    });
  }

  open(): void {
    this.unsubscribe = this.notifications.subscribe(
      channels.revocations,
      (payload) => {
        this.onNotification(payload);
      },
      () => void this.load(),
    );
    this.purging.start();
  }

  /** Resolves once the replica is fresh: an instance that listens earlier would refuse every authenticated request. */
  async ready(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (this.isSilent()) {
      if (performance.now() > deadline) {
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
  }

  isRevoked(claims: RevocableClaims): boolean | Promise<boolean> {
    if (this.isSilent()) {
      throw new RevocationsUnavailable('the feed of revocations is silent');
    }
    return this.replica.holds(claims) || (this.replica.full ? this.ask(claims) : false);
  }

  isFresh(): boolean {
    return !this.isSilent();
  }

  async revoke(tx: Transaction, revocations: readonly Revocation[]): Promise<void> {
    if (revocations.length === 0) return;
    await tx
      .insertInto('revocations')
      .values(
        revocations.map((entry) => ({
          kind: entry.kind,
          subject: entry.subject,
          expires_at: entry.expiresAt,
          epoch: entry.kind === 'user' ? entry.epoch : null,
        })),
      )
      .execute();
  }

  applied(revocations: readonly Revocation[]): void {
    for (const entry of revocations) {
      this.replica.add(
        entry.kind,
        entry.subject,
        entry.kind === 'user' ? entry.epoch : null,
        Math.ceil(entry.expiresAt.getTime() / 1000),
      );
    }
  }

  private isSilent(): boolean {
    return !this.loaded || performance.now() - this.notifications.lastHeartbeat() > silenceLimitMs;
  }

  /** Any role on this database may notify: an invalid payload is ignored, the table stays authoritative. */
  private onNotification(payload: string): void {
    const entry = readAnnouncement(payload);
    if (entry === null) {
      this.onTrouble(new Error('an announcement that is none of ours'));
      void this.load();
    } else {
      this.replica.add(entry.kind, entry.subject, entry.epoch, entry.exp);
    }
  }

  /** Loads everything: "ids above the last one seen" would miss late commits. */
  private async load(): Promise<void> {
    const mine = ++this.generation;
    this.loaded = false;
    // A new replica: what overflowed before may fit now. Notifications during the load go into it as well.
    this.replica = new RevocationReplica(this.capacity);
    while (mine === this.generation) {
      try {
        const rows = await this.database.query
          .selectFrom('revocations')
          .select([
            'kind',
            'subject',
            'epoch',
            sql<number>`ceil(extract(epoch from expires_at))::int`.as('exp'),
          ])
          .where('expires_at', '>', sql<Date>`now()`)
          .orderBy('expires_at', 'desc')
          .limit(this.capacity + 1)
          .execute();
        if (mine !== this.generation) return;
        for (const row of rows) this.replica.add(row.kind, row.subject, row.epoch, row.exp);
        this.loaded = true;
        return;
      } catch (error) {
        this.onTrouble(error);
        await sleep(reloadDelayMs, undefined, { ref: false });
      }
    }
  }

  private async ask({ jti, sid, sub, ver }: RevocableClaims): Promise<boolean> {
    try {
      const row = await this.database.query
        .selectFrom('revocations')
        .select('id')
        .where('expires_at', '>', sql<Date>`now()`)
        .where((or) =>
          or.or([
            or.and([or('kind', '=', 'jti'), or('subject', '=', jti)]),
            or.and([or('kind', '=', 'sid'), or('subject', '=', sid)]),
            or.and([or('kind', '=', 'user'), or('subject', '=', sub), or('epoch', '>', ver)]),
          ]),
        )
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    } catch (error) {
      throw new RevocationsUnavailable('the replica is full and the database does not answer', {
        cause: error,
      });
    }
  }

  /** Deletes rows whose tokens have expired anyway. */
  private async purge(signal: AbortSignal): Promise<void> {
    this.replica.purge(Math.floor(Date.now() / 1000));
    await inBatches(purgeBatch, () => this.removeExpired(), signal);
  }

  private async removeExpired(): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('revocations')
      .where('id', 'in', (from) =>
        from
          .selectFrom('revocations')
          .select('id')
          .where('expires_at', '<', sql<Date>`now() - interval '1 minute'`)
          .limit(purgeBatch),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}

interface Announcement {
  readonly kind: Revocation['kind'];
  readonly subject: string;
  readonly epoch: number | null;
  readonly exp: number;
}

function readAnnouncement(payload: string): Announcement | null {
  try {
    const value = JSON.parse(payload) as Partial<Announcement> | null;
    if (value === null || typeof value.subject !== 'string' || !Number.isSafeInteger(value.exp)) return null;
    const isUser = value.kind === 'user';
    if (!isUser && value.kind !== 'jti' && value.kind !== 'sid') return null;
    if (isUser !== Number.isSafeInteger(value.epoch)) return null;
    return { kind: value.kind, subject: value.subject, epoch: value.epoch ?? null, exp: value.exp ?? 0 };
  } catch {
    return null;
  }
}
