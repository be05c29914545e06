import { Injectable, type OnModuleInit } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { drainTimeoutMs } from '../../../../config/policy/perimeter/http.js';
import { eventKeeping } from '../../../../config/policy/operations/security-events.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents, type SecurityEvent } from '../../../observability/security-events.js';
import { Clock } from '../../../ports/clock.js';
import { Random } from '../../../ports/random.js';
import { EventBuffer } from './event-buffer.js';
import { SecurityEventsRepository, type KeptEvent } from './security-events.repository.js';
import { eventsNotStored } from '../security.events.js';

/** Milliseconds between two log lines about the same failure. */
const troubleEveryMs = 10_000;

/**
 * Writes security events to the database, in batches and outside of requests. While the database is unavailable they
 * wait in a bounded buffer; shutdown flushes it before the database closes.
 */
@Injectable()
export class EventWriter implements OnModuleInit {
  private readonly waiting = new EventBuffer<KeptEvent>({
    capacity: eventKeeping.held,
    majorCapacity: eventKeeping.heldMajor,
    isMajor: ({ level }) => level === 'HIGH' || level === 'CRITICAL',
  });
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<boolean> | null = null;
  private batch: number = eventKeeping.batch;
  private failing = false;
  private unreported = 0;
  private lost = 0;
  private quietUntil = -Infinity;

  constructor(
    private readonly events: SecurityEvents,
    private readonly kept: SecurityEventsRepository,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.events.listenToWritten((event) => {
      this.onEvent(event);
    });
  }

  /** Events waiting to be written. */
  get size(): number {
    return this.waiting.size;
  }

  /** Events that are only in the log. */
  get dropped(): number {
    return this.lost;
  }

  /** Flushes at shutdown, after the last event and before the database closes, with retries until the drain timeout. */
  async finish(): Promise<void> {
    const deadline = performance.now() + drainTimeoutMs;
    while (this.size > 0 && performance.now() < deadline)
      if (!(await this.write())) await sleep(eventKeeping.retryMs / 2);
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.size > 0)
      this.log.error('security events were not kept; they stand in the log', { count: this.size });
  }

  private onEvent(event: SecurityEvent): void {
    const isHeld = this.waiting.push({
      ...event,
      id: this.random.timeOrderedUuid(),
      at: new Date(this.clock.now()),
      instance: this.events.instance,
    });
    if (!isHeld) {
      this.unreported++;
      this.lost++;
    }
    if (this.failing) this.writeSoon(eventKeeping.retryMs);
    else this.writeSoon(this.size >= this.batch ? 0 : eventKeeping.everyMs);
  }

  private writeSoon(inMs: number): void {
    if (this.writing !== null) return;
    if (this.timer !== null) {
      if (inMs > 0) return;
      clearTimeout(this.timer);
    }
    this.timer = setTimeout(() => void this.write(), inMs);
    this.timer.unref();
  }

  /** Writes one batch; never two in parallel. True when it is written. */
  private write(): Promise<boolean> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.writing ??= this.writeBatch().then((isWritten) => {
      this.writing = null;
      this.failing = !isWritten;
      if (this.size > 0)
        this.writeSoon(
          isWritten ? (this.size >= this.batch ? 0 : eventKeeping.everyMs) : eventKeeping.retryMs,
        );
      return isWritten;
    });
    return this.writing;
  }

  private async writeBatch(): Promise<boolean> {
    const batch = this.waiting.peek(this.batch);
    try {
      await this.kept.add(batch);
    } catch (cause) {
      return this.onWriteFailure(batch, cause);
    }
    this.waiting.remove(batch);
    this.batch = eventKeeping.batch;
    this.reportLoss();
    return true;
  }

  /**
   * A row that the database always rejects must not block the others: the batch is written one by one until it is
   * found.
   */
  private onWriteFailure(batch: readonly KeptEvent[], cause: unknown): boolean {
    const isData = /^2[23]/.test((cause as { code?: string }).code ?? '');
    if (isData && batch.length > 1) {
      this.batch = 1;
      return true;
    }
    if (isData) {
      this.waiting.remove(batch);
      this.lost++;
    }
    if (performance.now() >= this.quietUntil) {
      this.quietUntil = performance.now() + troubleEveryMs;
      this.log.warn('security events wait for the database', { cause, count: this.size });
    }
    return isData;
  }

  private reportLoss(): void {
    if (this.unreported === 0) return;
    const dropped = this.unreported;
    this.unreported = 0;
    eventsNotStored(this.events, dropped);
  }
}
