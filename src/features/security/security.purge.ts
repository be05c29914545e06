import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { eventPurge } from '../../../config/policy/operations/security-events.js';
import { Log } from '../../observability/log.js';
import { BlocksRepository } from '../../threats/blocks.repository.js';
import { Clock } from '../../ports/clock.js';
import { AlertsRepository } from './alerts/alerts.repository.js';
import { SecurityEventsRepository } from './events/security-events.repository.js';
import { inBatches } from '../../tasks/in-batches.js';
import { Purge } from '../../tasks/purge.js';

/** Deletes events, alerts and blocks older than AUDIT_RETENTION_DAYS, in batches. */
@Injectable()
export class SecurityPurge extends Purge {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly events: SecurityEventsRepository,
    private readonly alerts: AlertsRepository,
    private readonly blocks: BlocksRepository,
    private readonly clock: Clock,
    log: Log,
  ) {
    super(eventPurge.everySeconds, 'old security events', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { retentionDays } = this.config.audit;
    const before = new Date(this.clock.now() - retentionDays * 24 * 3600 * 1000);
    await inBatches(eventPurge.batch, () => this.events.purge(before), signal);
    await inBatches(eventPurge.batch, () => this.alerts.purge(before), signal);
    await inBatches(eventPurge.batch, () => this.blocks.purge(before, eventPurge.batch), signal);
  }
}
