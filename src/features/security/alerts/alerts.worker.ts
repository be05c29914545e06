import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { JobQueue, type Job } from '../../../ports/job-queue.js';
import { AlertReceivers, type AlertReceiverName, type ConfiguredReceiver } from './alert-receivers.js';
import { AlertsRepository } from './alerts.repository.js';
import { alertNotDelivered } from '../security.events.js';
import { Background } from '../../../tasks/background.js';

/**
 * Sends stored alerts to each receiver by its own jobs; a failed one is retried, and one without retries left is recorded as
 * an event.
 */
@Background()
@Injectable()
export class AlertsWorker implements OnApplicationBootstrap {
  constructor(
    private readonly receivers: AlertReceivers,
    private readonly alerts: AlertsRepository,
    private readonly queue: JobQueue,
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const receiver of this.receivers.configured) {
      await this.queue.work(receiver.queue, 1, (job) => this.send(receiver, job));
      await this.queue.work(`${receiver.queue}_dead`, 1, ({ id }) => this.giveUp(receiver.name, id));
    }
  }

  private async send({ name, deliver }: ConfiguredReceiver, { id, signal }: Job): Promise<void> {
    const payload = await this.alerts.find(id, name);
    if (payload === null) return;
    try {
      await deliver(id, payload, signal);
    } catch (cause) {
      this.log.warn('an alert was not taken, and is tried again', { alert_id: id, receiver: name, cause });
      // The queue stores the error of a failed job: nothing about the receiver in it.
      throw new Error('the receiver did not take the alert');
    }
    await this.alerts.markDelivered(id, name);
  }

  private async giveUp(receiver: AlertReceiverName, id: string): Promise<void> {
    await this.alerts.markGivenUp(id, receiver);
    alertNotDelivered(this.events, id, receiver);
  }
}
