import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { eventPurge } from '../../../config/policy/operations/security-events.js';
import { Log } from '../../observability/log.js';
import { BlocksRepository } from '../../threats/blocks.repository.js';
import { Clock } from '../../ports/clock.js';
import { AlertsRepository } from './alerts/alerts.repository.js';
import { SecurityEventsRepository } from './events/security-events.repository.js';
import { PeriodicTask } from '../../tasks/periodic-task.js';

/** Deletes events, alerts and blocks older than AUDIT_RETENTION_DAYS, in batches. */
@Injectable()
export class SecurityPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly events: SecurityEventsRepository,
    private readonly alerts: AlertsRepository,
    private readonly blocks: BlocksRepository,
    private readonly clock: Clock,
    log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: eventPurge.everySeconds * 1000,
      run: () => this.run(),
      onError: (cause) => {
        log.warn('old security events could not be purged', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.task.stop();
  }

  async run(): Promise<void> {
    const { retentionDays } = this.config.audit;
    const before = new Date(this.clock.now() - retentionDays * 24 * 3600 * 1000);
    while ((await this.events.purge(before)) === eventPurge.batch);
    while ((await this.alerts.purge(before)) === eventPurge.batch);
    await this.blocks.purge(retentionDays);
  }
}
