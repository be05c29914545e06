import { ChoiceProperty, ConstantProperty, IntegerProperty } from '../../perimeter/output/properties.js';

export class HealthResponse {
  @ChoiceProperty(['healthy', 'degraded']) status!: 'healthy' | 'degraded';
  @IntegerProperty({ description: 'Seconds since the start.' }) uptime_s!: number;
  @ChoiceProperty(['enabled', 'disabled']) ai_status!: 'enabled' | 'disabled';
}

export class LiveResponse {
  @ConstantProperty('live') status!: 'live';
}

export class ReadyResponse {
  @ChoiceProperty(['ready', 'not_ready']) status!: 'ready' | 'not_ready';
  @ChoiceProperty(['up', 'down']) database!: 'up' | 'down';
  @ChoiceProperty(['up', 'down'], { description: 'Whether the database takes writes.' })
  writes!: 'up' | 'down';
  @ChoiceProperty(['up', 'down'], { description: 'The feed of revocations.' }) revocations!: 'up' | 'down';
  @ChoiceProperty(['up', 'down'], { description: 'The shared counters; without them others count.' })
  counters!: 'up' | 'down';
  @ChoiceProperty(['up', 'down'], {
    description: 'Whether the storage takes objects; without it what stores one is 503, and the rest works.',
  })
  storage!: 'up' | 'down';
  @ChoiceProperty(['none', 'unopened'], {
    description: 'Whether the database was restored and has not been opened.',
  })
  restore!: 'none' | 'unopened';
}
