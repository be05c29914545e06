import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../../database/database.js';
import type { SecurityEvent } from '../../../observability/security-events.js';
import { JobQueue } from '../../../ports/job-queue.js';
import type { CheckpointAlert, SecurityAlert } from './alert-payload.js';
import { AlertReceivers } from './alert-receivers.js';
import { AlertsRepository } from './alerts.repository.js';

export interface Alert {
  readonly id: string;
  readonly event: Pick<SecurityEvent, 'event' | 'level'>;
  readonly payload: SecurityAlert;
}

/**
 * Transactional outbox of alerts: each is stored in one transaction with a job for each of its receivers, and with the webhooks to
 * endpoints of the service.
 */
@Injectable()
export class AlertOutbox {
  constructor(
    private readonly database: Database,
    private readonly alerts: AlertsRepository,
    private readonly queue: JobQueue,
    private readonly receivers: AlertReceivers,
  ) {}

  /** Idempotent by `id`. */
  async add({ id, event, payload }: Alert): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (event.level === 'HIGH' || event.level === 'CRITICAL') await this.alerts.announce(tx, id, event);
      const { configured } = this.receivers;
      if (configured.length === 0 || !(await this.alerts.add(tx, id, payload))) return;
      for (const { queue } of configured) await this.queue.enqueue(tx, queue, id);
    });
  }

  /** Within the transaction that takes the checkpoint. It goes to the webhook alone: a mail every hour would be read by nobody. */
  async addCheckpoint(tx: Transaction, id: string, payload: CheckpointAlert): Promise<void> {
    const webhook = this.receivers.configured.find(({ name }) => name === 'webhook');
    if (webhook === undefined || !(await this.alerts.add(tx, id, payload))) return;
    await this.queue.enqueue(tx, webhook.queue, id);
  }
}
