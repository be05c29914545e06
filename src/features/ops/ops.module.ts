import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../../../config/config.js';
import { GenerationsModule } from '../generations/generations.module.js';
import { HealthModule } from '../health/health.module.js';
import { SecurityModule } from '../security/security.module.js';
import { ConnectionGauges } from './connection-gauges.js';
import { MetricGauges } from './metric-gauges.js';
import { MetricsController } from './metrics.controller.js';
import { TelemetryController } from './telemetry.controller.js';
import { TelemetryService } from './telemetry.service.js';
import { QueueDepths } from './queue-depths.js';
import { DebugController } from './debug.controller.js';
import { GuardsModule } from '../../guards/guards.module.js';

/** Routes for operators. */
@Module({})
export class OpsModule {
  /** Without METRICS_ENABLED and ENABLE_DEBUG_ENDPOINTS their routes do not exist. */
  static with({ debug, metrics }: Config): DynamicModule {
    return {
      module: OpsModule,
      imports: [GenerationsModule, GuardsModule, HealthModule, SecurityModule],
      controllers: [
        TelemetryController,
        ...(metrics.enabled ? [MetricsController] : []),
        ...(debug.endpoints ? [DebugController] : []),
      ],
      providers: [
        TelemetryService,
        ...(metrics.enabled ? [ConnectionGauges, MetricGauges, QueueDepths] : []),
      ],
    };
  }
}
