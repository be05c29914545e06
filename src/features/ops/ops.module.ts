import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../../../config/config.js';
import { GenerationsModule } from '../generations/generations.module.js';
import { HealthModule } from '../health/health.module.js';
import { SecurityModule } from '../security/security.module.js';
import { MetricGauges } from './metric-gauges.js';
import { MetricsController } from './metrics.controller.js';
import { TelemetryController } from './telemetry.controller.js';
import { TelemetryService } from './telemetry.service.js';
import { QueueDepths } from './queue-depths.js';

/** What operators look at. */
@Module({})
export class OpsModule {
  /** Without METRICS_ENABLED there is no such route. */
  static with({ metrics }: Config): DynamicModule {
    return {
      module: OpsModule,
      imports: [GenerationsModule, HealthModule, SecurityModule],
      controllers: [TelemetryController, ...(metrics.enabled ? [MetricsController] : [])],
      providers: [TelemetryService, ...(metrics.enabled ? [MetricGauges, QueueDepths] : [])],
    };
  }
}
