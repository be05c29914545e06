import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { JobQueue } from '../../../ports/job-queue.js';
import { AlertsRepository, type AlertPayload } from './alerts.repository.js';

export interface Alert {
  readonly id: string;
  readonly payload: AlertPayload;
}

/** Transactional outbox of alerts: each is stored in one transaction with the job that sends it. */
@Injectable()
export class AlertOutbox {
  constructor(
    private readonly database: Database,
    private readonly alerts: AlertsRepository,
    private readonly queue: JobQueue,
  ) {}

  /** Idempotent by `id`. */
  async add({ id, payload }: Alert): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (await this.alerts.add(tx, id, payload)) await this.queue.enqueue(tx, 'alert', id);
    });
  }
}
