import { Injectable } from '@nestjs/common';
import { Metrics } from '../../observability/metrics.js';
import { ThreatPosture } from '../../threats/threat-posture.js';
import { CounterHealth } from '../../ports/counter-health.js';
import { Notifications } from '../../ports/notifications.js';
import { Revocations } from '../../ports/revocations.js';
import { Dispatcher } from '../generations/jobs/dispatcher.js';
import { EventWriter } from '../security/events/event-writer.js';
import type { TelemetryResponse } from './telemetry.dto.js';

/** The figures of this instance since its start; answered from memory, whatever is away. */
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

  read(): TelemetryResponse {
    const { metrics } = this;
    const { mode, levels, blocksInForce } = this.threats.read();
    const silentMs = performance.now() - this.notifications.lastHeartbeat();
    return {
      uptime_s: Math.floor(process.uptime()),
      failed_auth_attempts: metrics.total('failed_auth_attempts'),
      rate_limit_violations: metrics.total('rate_limit_violations'),
      security_header_violations: metrics.total('security_header_violations'),
      malicious_input_detections: metrics.total('malicious_input_detections'),
      ai_calls_blocked_per_psid: metrics.total('ai_calls_blocked_per_psid'),
      ai_calls_blocked_global: metrics.total('ai_calls_blocked_global'),
      ai_errors: metrics.total('ai_errors'),
      webhook_signature_failures: metrics.total('webhook_signature_failures'),
      threats: { mode, levels, blocks_in_force: blocksInForce },
      limiter: { state: this.counters.isUp() ? 'whole' : 'degraded' },
      feed: {
        state: this.revocations.isFresh() ? 'fresh' : 'silent',
        silent_ms: Number.isFinite(silentMs) ? Math.round(silentMs) : null,
      },
      generations: this.dispatcher.load(),
      events: { waiting: this.writer.size, dropped: this.writer.dropped },
    };
  }
}
