import type { TelemetryResponse } from './telemetry.dto.js';
import type { Telemetry } from './telemetry.service.js';

export function toTelemetry(figures: Telemetry): TelemetryResponse {
  const { totals, threats } = figures;
  return {
    uptime_s: figures.uptimeSeconds,
    failed_auth_attempts: totals.failed_auth_attempts,
    rate_limit_violations: totals.rate_limit_violations,
    security_header_violations: totals.security_header_violations,
    malicious_input_detections: totals.malicious_input_detections,
    ai_calls_blocked_per_psid: totals.ai_calls_blocked_per_psid,
    ai_calls_blocked_global: totals.ai_calls_blocked_global,
    ai_errors: totals.ai_errors,
    webhook_signature_failures: totals.webhook_signature_failures,
    threats: { mode: threats.mode, levels: threats.levels, blocks_in_force: threats.blocksInForce },
    limiter: { state: figures.limiterIsWhole ? 'whole' : 'degraded' },
    feed: { state: figures.feedIsFresh ? 'fresh' : 'silent', silent_ms: figures.feedSilentMs },
    generations: figures.generations,
    events: figures.events,
  };
}
