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
import { WorkHints } from '../../../tasks/work-hints.js';
import { WorkerPool } from '../../../tasks/worker-pool.js';
import { WebhookDelivery } from './webhook-delivery.js';
import type { HeldEndpoint } from './webhook-queue.repository.js';
import { Background } from '../../../tasks/background.js';

/** What the worker does with endpoints. */
export type Deliveries = Pick<WebhookDelivery, 'claim' | 'deliver'>;

export interface WorkerLimits {
  readonly workers: number;
  readonly lookEveryMs: number;
  readonly idleLookEveryMs: number;
}

/**
 * Delivers webhooks, several endpoints at a time: what is due for an endpoint is a turn of one worker, so that one that is slow has one
 * worker. What an instance was at when it died is taken up by another once its lease has ended.
 */
@Background()
@Injectable()
export class WebhookWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private pool: WorkerPool<HeldEndpoint> | null = null;

  private stopListening: (() => void) | null = null;

  constructor(
    @Inject(WebhookDelivery) private readonly delivery: Deliveries,
    private readonly notifications: Notifications,
    private readonly hints: WorkHints,
    private readonly random: Random,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.start(webhookPolicy);
  }

  /** `limits`: how many endpoints at a time, and milliseconds between two looks. */
  start({ workers, lookEveryMs, idleLookEveryMs }: WorkerLimits): void {
    const pool = new WorkerPool<HeldEndpoint>({
      atOnce: workers,
      lookEveryMs,
      idleLookEveryMs,
      claim: () => this.delivery.claim(this.random.uuid()),
      work: async (endpoint) => {
        const pauseMs = await this.delivery.deliver(endpoint);
        // What waits for a short pause is not left to the next look, which comes late where the last found nothing.
        if (pauseMs > idleLookEveryMs) return;
        setTimeout(() => {
          pool.wake();
        }, pauseMs).unref();
      },
      onError: (cause) => {
        this.log.warn('webhooks could not be delivered', { cause });
      },
    });
    this.pool = pool;
    pool.start();
    const wake = (): void => {
      pool.wake();
    };
    this.hints.workHere('webhooks', wake);
    // Of what is stored by triggers and rarely.
    this.stopListening = this.notifications.subscribe(channels.webhooks, wake);
  }

  /** Turns under way are waited for; what is not settled then is sent again by another instance. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopListening?.();
    await this.pool?.stop();
  }
}
