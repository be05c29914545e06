import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { eventPurge } from '../../../config/policy/operations/security-events.js';
import { Log } from '../../observability/log.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { BlocksRepository } from '../../threats/blocks.repository.js';
import { Clock } from '../../ports/clock.js';
import { SiemReceiver } from '../../ports/delivery/siem-receiver.js';
import { siemEventsExpired } from './export/siem.events.js';
import { AlertsRepository } from './alerts/alerts.repository.js';
import { SecurityEventsRepository } from './events/security-events.repository.js';
import { inBatches } from '../../tasks/in-batches.js';
import { Purge } from '../../tasks/purge.js';

/** Deletes events, alerts and blocks older than AUDIT_RETENTION_DAYS, in batches. */
@Injectable()
export class SecurityPurge extends Purge {
  constructor(
    @Inject(CONFIG) private readonly config: { readonly audit: Pick<Config['audit'], 'retentionDays'> },
    private readonly events: SecurityEventsRepository,
    private readonly alerts: AlertsRepository,
    private readonly blocks: BlocksRepository,
    private readonly siem: SiemReceiver,
    private readonly securityEvents: SecurityEvents,
    private readonly clock: Clock,
    log: Log,
  ) {
    super(eventPurge.everySeconds, 'old security events', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { retentionDays } = this.config.audit;
    const before = new Date(this.clock.now() - retentionDays * 24 * 3600 * 1000);
    await this.purgeEvents(before, signal);
    await inBatches(eventPurge.batch, () => this.alerts.purge(before), signal);
    await inBatches(eventPurge.batch, () => this.blocks.purge(before, eventPurge.batch), signal);
  }

  private async purgeEvents(before: Date, signal: AbortSignal): Promise<void> {
    let missed = 0;
    const batch = async (): Promise<number> => {
      const { deleted, unexported } = await this.events.purge(before, this.siem.isConfigured);
      missed += unexported;
      return deleted;
    };
    try {
      await inBatches(eventPurge.batch, batch, signal);
    } finally {
      if (missed > 0) siemEventsExpired(this.securityEvents, missed);
    }
  }
}
