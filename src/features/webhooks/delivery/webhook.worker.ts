import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { Log } from '../../../observability/log.js';
import { channels, Notifications } from '../../../ports/notifications.js';
import { Random } from '../../../ports/random.js';
import { WorkerPool } from '../../../tasks/worker-pool.js';
import { WebhookDelivery } from './webhook-delivery.js';
import type { HeldEndpoint } from './webhook-queue.repository.js';

/** What the worker does with endpoints. */
export type Deliveries = Pick<WebhookDelivery, 'claim' | 'deliver'>;

/**
 * Delivers webhooks, several endpoints at a time: what is due for an endpoint is a turn of one worker, so that one that is slow has one
 * worker. What an instance was at when it died is taken up by another once its lease has ended.
 */
@Injectable()
export class WebhookWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pool: WorkerPool<HeldEndpoint>;

  private stopListening: (() => void) | null = null;

  constructor(
    @Inject(WebhookDelivery) delivery: Deliveries,
    private readonly notifications: Notifications,
    random: Random,
    log: Log,
  ) {
    this.pool = new WorkerPool({
      atOnce: webhookPolicy.workers,
      lookEveryMs: webhookPolicy.lookEveryMs,
      idleLookEveryMs: webhookPolicy.idleLookEveryMs,
      claim: () => delivery.claim(random.uuid()),
      work: async (endpoint) => {
        const pauseMs = await delivery.deliver(endpoint);
        // What waits for a short pause is not left to the next look, which comes late where the last found nothing.
        if (pauseMs > webhookPolicy.idleLookEveryMs) return;
        setTimeout(() => {
          this.pool.wake();
        }, pauseMs).unref();
      },
      onError: (cause) => {
        log.warn('webhooks could not be delivered', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.pool.start();
    this.stopListening = this.notifications.subscribe(channels.webhooks, () => {
      this.pool.wake();
    });
  }

  /** Turns under way are waited for; what is not settled then is sent again by another instance. */
  beforeApplicationShutdown(): Promise<void> {
    this.stopListening?.();
    return this.pool.stop();
  }
}
