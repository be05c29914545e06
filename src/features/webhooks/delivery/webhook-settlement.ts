import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Metrics } from '../../../observability/metrics.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { NoticesService } from '../../notices/notices.service.js';
import { UsersService } from '../../users/users.service.js';
import { webhookEndpointDisabled } from '../webhooks.events.js';
import {
  WebhookQueueRepository,
  type DisabledReason,
  type HeldEndpoint,
  type SettledTurn,
} from './webhook-queue.repository.js';

/** Writes what became of a turn. The owner of an endpoint that is disabled by it is told by a mail of the same transaction. */
@Injectable()
export class WebhookSettlement {
  constructor(
    private readonly database: Database,
    private readonly queue: WebhookQueueRepository,
    private readonly users: UsersService,
    private readonly notices: NoticesService,
    private readonly events: SecurityEvents,
    private readonly metrics: Metrics,
  ) {}

  async settle(endpoint: HeldEndpoint, turn: SettledTurn): Promise<void> {
    const reason = await this.write(endpoint, turn);
    for (const { state } of turn.results) this.metrics.countBy('webhook_deliveries', { state });
    if (reason !== null) webhookEndpointDisabled(this.events, endpoint.userId, endpoint.id, reason);
  }

  private write(endpoint: HeldEndpoint, turn: SettledTurn): Promise<DisabledReason | null> {
    const { userId } = endpoint;
    const mayDisable = turn.isGone || turn.results.every(({ state }) => state !== 'delivered');
    if (!mayDisable || userId === null) return this.queue.settle(endpoint, turn);
    return this.database.transaction(async (tx) => {
      // Before the endpoint, as whoever stores an event of the account locks them.
      await this.users.lock(tx, userId);
      const reason = await this.queue.settle(endpoint, turn, tx);
      if (reason !== null) await this.notices.add(tx, userId, 'webhook_endpoint_disabled', null);
      return reason;
    });
  }
}
