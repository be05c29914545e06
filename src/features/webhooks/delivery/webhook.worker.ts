import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { drainTimeoutMs } from '../../../../config/policy/perimeter/http.js';
import { Log } from '../../../observability/log.js';
import { Random } from '../../../ports/random.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { within } from '../../../tasks/within.js';
import { WebhookDelivery } from './webhook-delivery.js';

const { workers, lookEveryMs } = webhookPolicy;

/**
 * Delivers webhooks, several endpoints at a time: what is due for an endpoint is a turn of one worker, so that one that is slow has one
 * worker. What an instance was at when it died is taken up by another once its lease has ended.
 */
@Injectable()
export class WebhookWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly task: PeriodicTask;

  constructor(
    private readonly delivery: WebhookDelivery,
    private readonly random: Random,
    private readonly log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: lookEveryMs,
      jitter: 0.2,
      run: () => {
        this.wake();
      },
      onError: () => undefined,
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  /** Turns under way are waited for; what is not settled then is sent again by another instance. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('the instance stops'));
    await this.task.stop();
    await within(Promise.allSettled(this.running), drainTimeoutMs, 'webhooks are not settled').catch(
      () => undefined,
    );
  }

  private wake(): void {
    if (this.stopping.signal.aborted || this.running.size >= workers) return;
    const work = this.workOn()
      .catch((cause: unknown) => {
        this.log.warn('webhooks could not be delivered', { cause });
      })
      .finally(() => this.running.delete(work));
    this.running.add(work);
  }

  /** Takes one endpoint after the other, for as long as there is one; where there is, another worker looks as well. */
  private async workOn(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const endpoint = await this.delivery.claim(this.random.uuid());
      if (endpoint === null) return;
      this.wake();
      await this.delivery.deliver(endpoint);
    }
  }
}
