import { Injectable } from '@nestjs/common';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Clock } from '../../../ports/clock.js';
import { webhookSecretUnreadable } from '../webhooks.events.js';
import { WebhookQueueRepository, type HeldEndpoint } from './webhook-queue.repository.js';

const { unreadableSkipMs, unreadableSkipped, unreadableToldMs } = webhookPolicy;

/**
 * Endpoints whose secret this instance cannot open, as while WEBHOOK_GATEWAY_SECRET is replaced: they are left to the instances that can,
 * without an attempt, and told of once when none could for a while.
 */
@Injectable()
export class UnreadableEndpoints {
  /** Until when each is passed over; the oldest first. */
  private readonly until = new Map<string, number>();

  constructor(
    private readonly queue: WebhookQueueRepository,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
  ) {}

  /** Those that this instance does not take now. */
  skipped(): readonly string[] {
    const now = this.clock.monotonic();
    for (const [id, until] of this.until) if (until <= now) this.until.delete(id);
    return [...this.until.keys()];
  }

  async leave(endpoint: HeldEndpoint): Promise<void> {
    const { id, userId, unreadableSince, isUnreadableTold } = endpoint;
    this.until.delete(id);
    this.until.set(id, this.clock.monotonic() + unreadableSkipMs);
    const [oldest] = this.until.keys();
    if (this.until.size > unreadableSkipped && oldest !== undefined) this.until.delete(oldest);
    const isLong =
      unreadableSince !== null && this.clock.now() - unreadableSince.getTime() >= unreadableToldMs;
    // Told before it is noted: a kill in between tells twice, and never not at all.
    if (isLong && !isUnreadableTold) webhookSecretUnreadable(this.events, userId, id);
    await this.queue.leave(endpoint, isLong);
  }
}
