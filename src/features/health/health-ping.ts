import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { healthPingPolicy } from '../../../config/policy/perimeter/health-ping.js';
import { Log } from '../../observability/log.js';
import { Metrics } from '../../observability/metrics.js';
import { Clock } from '../../ports/clock.js';
import { HealthMonitor } from '../../ports/delivery/health-monitor.js';
import { PeriodicTask } from '../../tasks/periodic-task.js';
import { HealthService } from './health.service.js';

/** Tells a monitor elsewhere every minute that this instance is healthy, and tells it nothing while it is not: then the monitor alarms. */
@Injectable()
export class HealthPing implements OnApplicationBootstrap, OnModuleDestroy {
  /** When the monitor took it last; null: never. */
  lastTaken: Date | null = null;
  private readonly task: PeriodicTask;

  constructor(
    private readonly monitor: HealthMonitor,
    private readonly health: HealthService,
    private readonly clock: Clock,
    metrics: Metrics,
    log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: healthPingPolicy.everyMs,
      jitter: 0.1,
      run: (signal) => this.tell(signal),
      onError: (cause) => {
        log.warn('the monitor was not told that the service is healthy', { cause });
      },
    });
    metrics.gauge(
      'health_ping_last_success',
      'When the monitor was last told that the service is healthy, in seconds since the epoch; 0: never.',
      () => (this.lastTaken?.getTime() ?? 0) / 1000,
    );
  }

  onApplicationBootstrap(): void {
    if (this.monitor.isConfigured) this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  private async tell(signal: AbortSignal): Promise<void> {
    const { isHealthy } = await this.health.report();
    if (!isHealthy) return;
    await this.monitor.tell(signal);
    this.lastTaken = new Date(this.clock.now());
  }
}
