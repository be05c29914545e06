import {
  ChoiceProperty,
  countSchema,
  IntegerProperty,
  MapProperty,
  ObjectProperty,
} from '../../perimeter/output/properties.js';

export class TelemetryThreats {
  @ChoiceProperty(['enforce', 'observe']) mode!: 'enforce' | 'observe';
  @MapProperty({
    max: 4,
    values: countSchema,
    description: 'Addresses and people by level.',
  })
  levels!: Readonly<Record<string, number>>;
  @IntegerProperty() blocks_in_force!: number;
}

export class TelemetryLimiter {
  @ChoiceProperty(['whole', 'degraded'], { description: 'degraded: the shared counters are away.' })
  state!: 'whole' | 'degraded';
}

export class TelemetryFeed {
  @ChoiceProperty(['fresh', 'silent'], { description: 'silent: authenticated requests get 503.' })
  state!: 'fresh' | 'silent';
  @IntegerProperty({ nullable: true, description: 'Since the last heartbeat.' })
  silent_ms!: number | null;
}

export class TelemetryGenerations {
  @IntegerProperty({ description: 'Being handed over to the provider by this instance.' })
  submitting!: number;
  @IntegerProperty({ description: 'Being looked at or fetched by this instance.' }) following!: number;
  @ChoiceProperty(['closed', 'open', 'half_open'], {
    description: 'open: the provider has failed so often that it is left alone for a moment.',
  })
  circuit!: 'closed' | 'open' | 'half_open';
}

export class TelemetryEvents {
  @IntegerProperty({ description: 'On their way to the database.' }) waiting!: number;
  @IntegerProperty({ description: 'In the log alone.' }) dropped!: number;
}

export class TelemetryResponse {
  @IntegerProperty({ description: 'Seconds since the start.' }) uptime_s!: number;
  @IntegerProperty() failed_auth_attempts!: number;
  @IntegerProperty() rate_limit_violations!: number;
  @IntegerProperty() security_header_violations!: number;
  @IntegerProperty() malicious_input_detections!: number;
  @IntegerProperty() ai_calls_blocked_per_psid!: number;
  @IntegerProperty() ai_calls_blocked_global!: number;
  @IntegerProperty() ai_errors!: number;
  @IntegerProperty() webhook_signature_failures!: number;
  @ObjectProperty(TelemetryThreats) threats!: TelemetryThreats;
  @ObjectProperty(TelemetryLimiter) limiter!: TelemetryLimiter;
  @ObjectProperty(TelemetryFeed) feed!: TelemetryFeed;
  @ObjectProperty(TelemetryGenerations) generations!: TelemetryGenerations;
  @ObjectProperty(TelemetryEvents) events!: TelemetryEvents;
}
