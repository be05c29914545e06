import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { siemLimits, type SiemLimits } from '../../../../config/policy/operations/siem.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { SiemReceiver } from '../../../ports/delivery/siem-receiver.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { siemAway, siemBack } from './siem.events.js';
import { toRecord, withinBytes } from './siem-batch.js';
import { SiemExportRepository, type PositionedEvent, type SiemLease } from './siem-export.repository.js';

/**
 * Exports stored events to the SIEM: in order, in batches, by one instance at a time, at least once. No request waits for it, and
 * what it does not deliver stays in the database until its retention is over.
 */
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
    let lease = await this.exports.take(limits.leaseMs);
    while (lease !== null) {
      const held: SiemLease = lease;
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
  private async next(lease: SiemLease, signal: AbortSignal, limits: SiemLimits): Promise<SiemLease | null> {
    const batch = signal.aborted ? [] : await this.read(lease, limits);
    if (batch.length > 0) return this.deliver(lease, batch, signal, limits);
    await this.exports.release(lease);
    return null;
  }

  /** After each failure half as many: a receiver may have a limit of its own, or too little time for so many. */
  private read(
    { position, failures }: SiemLease,
    { batch }: SiemLimits,
  ): Promise<readonly PositionedEvent[]> {
    return this.exports.read(position, Math.max(1, Math.floor(batch / 2 ** failures)));
  }

  private async deliver(
    lease: SiemLease,
    found: readonly PositionedEvent[],
    signal: AbortSignal,
    limits: SiemLimits,
  ): Promise<SiemLease | null> {
    const all = found.map(({ event }) => toRecord(event, this.host));
    const records = withinBytes(all, limits.batchBytes);
    const [first, last] = [found[0], found[records.length - 1]];
    if (first === undefined || last === undefined) return null;
    try {
      await this.receiver.deliver({ id: `${first.position}-${last.position}`, records }, signal);
    } catch (cause) {
      // Aborted by a stop: that says nothing about the receiver.
      if (signal.aborted) await this.exports.release(lease);
      else await this.onFailure(lease, cause, limits);
      return null;
    }
    if (!(await this.exports.advance(lease, last.position, limits.leaseMs))) {
      // Taken over, which this changes nothing about, or set back: whoever looks next begins there.
      await this.exports.release(lease);
      return null;
    }
    if (lease.failures >= limits.failuresOfOutage) siemBack(this.events);
    return { ...lease, position: last.position, failures: 0 };
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
