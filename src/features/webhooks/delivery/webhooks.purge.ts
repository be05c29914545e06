import { Injectable } from '@nestjs/common';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { Log } from '../../../observability/log.js';
import { inBatches } from '../../../tasks/in-batches.js';
import { Purge } from '../../../tasks/purge.js';
import { WebhookQueueRepository } from './webhook-queue.repository.js';

/** Deletes old deliveries, and endpoints that were deleted with theirs, in batches. */
@Injectable()
export class WebhooksPurge extends Purge {
  constructor(
    private readonly queue: WebhookQueueRepository,
    log: Log,
  ) {
    super(webhookPolicy.purgeEverySeconds, 'old deliveries of webhooks', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { purgeBatch } = webhookPolicy;
    await inBatches(purgeBatch, () => this.queue.purge(purgeBatch), signal);
    await inBatches(purgeBatch, () => this.queue.purgeSequences(purgeBatch), signal);
    await inBatches(purgeBatch, () => this.queue.purgeRemoved(purgeBatch), signal);
    if (!signal.aborted) await this.queue.purgeEndpoints();
  }
}
