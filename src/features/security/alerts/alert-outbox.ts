import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { JobQueue } from '../../../ports/job-queue.js';
import { AlertsRepository, type AlertPayload } from './alerts.repository.js';

export interface Alert {
  readonly id: string;
  readonly payload: AlertPayload;
}

/** Alerts on their way: each stored together with the job that sends it, so that neither is there without the other. */
@Injectable()
export class AlertOutbox {
  constructor(
    private readonly database: Database,
    private readonly alerts: AlertsRepository,
    private readonly queue: JobQueue,
  ) {}

  /** Stored again, it changes nothing. */
  async add({ id, payload }: Alert): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (await this.alerts.add(tx, id, payload)) await this.queue.enqueue(tx, 'alert', id);
    });
  }
}
