import { Injectable } from '@nestjs/common';
import { Metrics } from '../../observability/metrics.js';
import { ThreatPosture, type ThreatFigures } from '../../threats/threat-posture.js';
import { CounterHealth } from '../../ports/counters.js';
import { Notifications } from '../../ports/notifications.js';
import { Revocations } from '../../ports/revocations.js';
import { Dispatcher, type DispatcherLoad } from '../generations/jobs/dispatcher.js';
import { EventWriter } from '../security/events/event-writer.js';
import type { CounterName } from '../../../config/policy/operations/metrics.js';

export interface Telemetry {
  readonly uptimeSeconds: number;
  /** The counters since the start. */
  readonly totals: Readonly<Record<CounterName, number>>;
  readonly threats: ThreatFigures;
  /** Whether the shared counters are available. */
  readonly limiterIsWhole: boolean;
  /** Whether the feed of revocations is up to date; without it authenticated requests get 503. */
  readonly feedIsFresh: boolean;
  /** Milliseconds since the last heartbeat; null before the first. */
  readonly feedSilentMs: number | null;
  readonly generations: DispatcherLoad;
  /** Security events waiting for the database, and those that are only in the log. */
  readonly events: { readonly waiting: number; readonly dropped: number };
}

/** The figures of this instance since its start; answered from memory, independent of all dependencies. */
@Injectable()
export class TelemetryService {
  constructor(
    private readonly metrics: Metrics,
    private readonly threats: ThreatPosture,
    private readonly counters: CounterHealth,
    private readonly revocations: Revocations,
    private readonly notifications: Notifications,
    private readonly dispatcher: Dispatcher,
    private readonly writer: EventWriter,
  ) {}

  read(): Telemetry {
    const silentMs = performance.now() - this.notifications.lastHeartbeat();
    return {
      uptimeSeconds: Math.floor(process.uptime()),
      totals: this.metrics.totals,
      threats: this.threats.read(),
      limiterIsWhole: this.counters.isUp(),
      feedIsFresh: this.revocations.isFresh(),
      feedSilentMs: Number.isFinite(silentMs) ? Math.round(silentMs) : null,
      generations: this.dispatcher.load(),
      events: { waiting: this.writer.size, dropped: this.writer.dropped },
    };
  }
}
