import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { AlertReceiver } from '../../../ports/delivery/alert-receiver.js';
import { JobQueue, type Job } from '../../../ports/job-queue.js';
import { AlertsRepository } from './alerts.repository.js';
import { alertNotDelivered } from '../security.events.js';

/** Sends stored alerts; a failed one is retried, and one without retries left is recorded as an event. */
@Injectable()
export class AlertsWorker implements OnApplicationBootstrap {
  constructor(
    private readonly receiver: AlertReceiver,
    private readonly alerts: AlertsRepository,
    private readonly queue: JobQueue,
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.receiver.isConfigured) return;
    await this.queue.work('alert', 1, (job) => this.send(job));
    await this.queue.work('alert_dead', 1, ({ id }) => this.giveUp(id));
  }

  private async send({ id, signal }: Job): Promise<void> {
    const body = await this.alerts.find(id);
    if (body === null) return;
    try {
      await this.receiver.deliver({ id, body }, signal);
    } catch (cause) {
      this.log.warn('an alert was not taken, and is tried again', { alert_id: id, cause });
      // The queue stores the error of a failed job: nothing about the receiver in it.
      throw new Error('the receiver did not take the alert');
    }
    await this.alerts.markDelivered(id);
  }

  private async giveUp(id: string): Promise<void> {
    await this.alerts.markGivenUp(id);
    alertNotDelivered(this.events, id);
  }
}
