import { ApiProperty } from '@nestjs/swagger';

export class HealthResponse {
  @ApiProperty({ enum: ['healthy', 'degraded'] }) status!: 'healthy' | 'degraded';
  @ApiProperty({ description: 'Seconds since the start.' }) uptime_s!: number;
  @ApiProperty({ enum: ['enabled', 'disabled'] }) ai_status!: 'enabled' | 'disabled';
}

export class ReadyResponse {
  @ApiProperty({ enum: ['ready', 'not_ready'] }) status!: 'ready' | 'not_ready';
  @ApiProperty({ enum: ['up', 'down'] }) database!: 'up' | 'down';
  @ApiProperty({ enum: ['up', 'down'], description: 'Whether the database takes writes.' })
  writes!: 'up' | 'down';
  @ApiProperty({ enum: ['up', 'down'], description: 'The feed of revocations.' }) revocations!: 'up' | 'down';
  @ApiProperty({ enum: ['up', 'down'], description: 'The shared counters; without them others count.' })
  counters!: 'up' | 'down';
  @ApiProperty({
    enum: ['up', 'down'],
    description: 'Whether the storage takes objects; without it what stores one is 503, and the rest works.',
  })
  storage!: 'up' | 'down';
}
