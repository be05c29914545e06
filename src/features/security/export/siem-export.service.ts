import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { siemLimits, type SiemLimits } from '../../../../config/policy/operations/siem.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { SiemReceiver, SiemRefused } from '../../../ports/delivery/siem-receiver.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { refusalText, siemAway, siemBack, siemEventRefused } from './siem.events.js';
import { toRecord, withinBytes } from './siem-batch.js';
import { SiemExportRepository, type PositionedEvent, type SiemLease } from './siem-export.repository.js';
import { Background } from '../../../tasks/background.js';

/** `atMost`: events of the next batch, while one that is refused is looked for. */
type Hold = SiemLease & { readonly atMost?: number };

/**
 * Exports stored events to the SIEM: in order, in batches, by one instance at a time, at least once. No request waits for it, and
 * what it does not deliver stays in the database until its retention is over.
 */
@Background()
@Injectable()
export class SiemExport implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly host: string | null;
  private quietUntil = -Infinity;

  constructor(
    private readonly receiver: SiemReceiver,
    private readonly exports: SiemExportRepository,
    private readonly events: SecurityEvents,
    private readonly log: Log,
    @Inject(CONFIG) { server }: Pick<Config, 'server'>,
  ) {
    this.host = server.publicUrl === null ? null : new URL(server.publicUrl).hostname;
    this.task = new PeriodicTask({
      everyMs: siemLimits.lookEveryMs,
      jitter: 0.2,
      run: (signal) => this.run(signal),
      onError: (cause) => {
        this.onTrouble(cause);
      },
    });
  }

  onApplicationBootstrap(): void {
    if (this.receiver.isConfigured) this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  /** Exports until nothing waits, a delivery fails or `signal` is aborted. */
  async run(signal: AbortSignal, limits: SiemLimits = siemLimits): Promise<void> {
    let lease: Hold | null = await this.exports.take(limits.leaseMs);
    while (lease !== null) {
      const held = lease;
      try {
        lease = await this.next(held, signal, limits);
      } catch (cause) {
        // Of the database, or somebody's transaction is still open: no reason to wait for the end of the lease.
        await this.exports.release(held).catch(() => undefined);
        throw cause;
      }
    }
  }

  /** One batch. The lease to go on with; null when it is over. */
  private async next(lease: Hold, signal: AbortSignal, limits: SiemLimits): Promise<Hold | null> {
    const batch = signal.aborted ? [] : await this.read(lease, limits);
    if (batch.length > 0) return this.deliver(lease, batch, signal, limits);
    await this.exports.release(lease);
    return null;
  }

  /** After each failure half as many: a receiver may have a limit of its own, or too little time for so many. */
  private read(
    { position, failures, atMost = Infinity }: Hold,
    { batch }: SiemLimits,
  ): Promise<readonly PositionedEvent[]> {
    return this.exports.read(position, Math.max(1, Math.min(atMost, Math.floor(batch / 2 ** failures))));
  }

  private async deliver(
    lease: Hold,
    found: readonly PositionedEvent[],
    signal: AbortSignal,
    limits: SiemLimits,
  ): Promise<Hold | null> {
    const all = found.map(({ event }) => toRecord(event, this.host));
    const records = withinBytes(all, limits.batchBytes);
    const [first, last] = [found[0], found[records.length - 1]];
    if (first === undefined || last === undefined) return null;
    try {
      await this.receiver.deliver({ id: `${first.position}-${last.position}`, records }, signal);
    } catch (cause) {
      // Aborted by a stop: that says nothing about the receiver.
      if (signal.aborted) await this.exports.release(lease);
      else if (cause instanceof SiemRefused)
        return this.onRefusal(lease, found.slice(0, records.length), cause, limits);
      else await this.onFailure(lease, cause, limits);
      return null;
    }
    if (!(await this.exports.advance(lease, last.position, limits.leaseMs))) {
      // Taken over, which this changes nothing about, or set back: whoever looks next begins there.
      await this.exports.release(lease);
      return null;
    }
    if (lease.failures >= limits.failuresOfOutage) siemBack(this.events);
    // Behind one that was put aside batches are as large as before.
    const next = { claim: lease.claim, position: last.position, failures: 0, refusedInRow: 0 };
    return lease.atMost === undefined || lease.refusedInRow > 0 ? next : { ...next, atMost: lease.atMost };
  }

  /** Looks for the event that is at fault, without a wait: the receiver is there. It is put aside once it is alone. */
  private async onRefusal(
    lease: Hold,
    refused: readonly PositionedEvent[],
    cause: SiemRefused,
    limits: SiemLimits,
  ): Promise<Hold | null> {
    const [first] = refused;
    if (first === undefined || refused.length > 1) {
      const isHeld = await this.exports.renew(lease, limits.leaseMs);
      return isHeld ? { ...lease, atMost: Math.floor(refused.length / 2) } : null;
    }
    // A receiver that refuses everything is not there for what is sent to it: nothing more is put aside, and all of it waits.
    if (lease.refusedInRow >= limits.refusedInRow) {
      await this.onFailure(lease, cause, limits);
      return null;
    }
    const aside = await this.exports.putAside(lease, first, cause.status, limits.leaseMs);
    if (aside === null) {
      await this.exports.release(lease);
      return null;
    }
    if (aside.isNew) this.tellOfRefusal(first.event, cause);
    return { ...lease, position: first.position, refusedInRow: lease.refusedInRow + 1, atMost: 1 };
  }

  /** An event about the refusal of an event about a refusal would have no end. */
  private tellOfRefusal({ id, text }: PositionedEvent['event'], { status }: SiemRefused): void {
    if (text === refusalText)
      this.log.warn('the SIEM refused an event about a refusal', { event_id: id, status });
    else siemEventRefused(this.events, id, status);
  }

  private async onFailure(lease: SiemLease, cause: unknown, limits: SiemLimits): Promise<void> {
    const failures = lease.failures + 1;
    this.log.warn('security events wait for the SIEM', { cause, failures });
    await this.exports.fail(lease, Math.min(limits.retryAtMostMs, limits.retryMs * 2 ** lease.failures));
    if (failures === limits.failuresOfOutage) siemAway(this.events, failures);
  }

  private onTrouble(cause: unknown): void {
    if (performance.now() < this.quietUntil) return;
    this.quietUntil = performance.now() + siemLimits.troubleEveryMs;
    this.log.warn('the export of security events waits for the database', { cause });
  }
}
