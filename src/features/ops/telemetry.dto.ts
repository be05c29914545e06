import { ApiProperty } from '@nestjs/swagger';

export class TelemetryThreats {
  @ApiProperty({ enum: ['enforce', 'observe'] }) mode!: 'enforce' | 'observe';
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    description: 'Addresses and people by level.',
  })
  levels!: Readonly<Record<string, number>>;
  @ApiProperty() blocks_in_force!: number;
}

export class TelemetryLimiter {
  @ApiProperty({ enum: ['whole', 'degraded'], description: 'degraded: the shared counters are away.' })
  state!: 'whole' | 'degraded';
}

export class TelemetryFeed {
  @ApiProperty({ enum: ['fresh', 'silent'], description: 'silent: authenticated requests get 503.' })
  state!: 'fresh' | 'silent';
  @ApiProperty({ type: Number, nullable: true, description: 'Since the last heartbeat.' })
  silent_ms!: number | null;
}

export class TelemetryGenerations {
  @ApiProperty({ description: 'Being handed over to the provider by this instance.' }) submitting!: number;
  @ApiProperty({ description: 'Being looked at or fetched by this instance.' }) following!: number;
  @ApiProperty({
    enum: ['closed', 'open', 'half_open'],
    description: 'open: the provider has failed so often that it is left alone for a moment.',
  })
  circuit!: 'closed' | 'open' | 'half_open';
}

export class TelemetryEvents {
  @ApiProperty({ description: 'On their way to the database.' }) waiting!: number;
  @ApiProperty({ description: 'In the log alone.' }) dropped!: number;
}

export class TelemetryResponse {
  @ApiProperty({ description: 'Seconds since the start.' }) uptime_s!: number;
  @ApiProperty() failed_auth_attempts!: number;
  @ApiProperty() rate_limit_violations!: number;
  @ApiProperty() security_header_violations!: number;
  @ApiProperty() malicious_input_detections!: number;
  @ApiProperty() ai_calls_blocked_per_psid!: number;
  @ApiProperty() ai_calls_blocked_global!: number;
  @ApiProperty() ai_errors!: number;
  @ApiProperty() webhook_signature_failures!: number;
  @ApiProperty({ type: TelemetryThreats }) threats!: TelemetryThreats;
  @ApiProperty({ type: TelemetryLimiter }) limiter!: TelemetryLimiter;
  @ApiProperty({ type: TelemetryFeed }) feed!: TelemetryFeed;
  @ApiProperty({ type: TelemetryGenerations }) generations!: TelemetryGenerations;
  @ApiProperty({ type: TelemetryEvents }) events!: TelemetryEvents;
}
