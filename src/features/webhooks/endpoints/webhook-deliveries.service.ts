import { Injectable } from '@nestjs/common';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import type { Page, PageRequest } from '../../../database/page.js';
import { Problem } from '../../../errors/problem.js';
import { Clock } from '../../../ports/clock.js';
import { PublicUrl } from '../../../ports/public-url.js';
import { Random } from '../../../ports/random.js';
import type { EndpointOwner } from './endpoint-owner.js';
import type { Redelivery, WebhookDelivery } from './webhook-endpoint.js';
import { WebhookDeliveriesRepository } from './webhook-deliveries.repository.js';

const { testsWaiting } = webhookPolicy;

/** What was sent to endpoints. The id of somebody else's endpoint is `not_found`. */
@Injectable()
export class WebhookDeliveriesService {
  constructor(
    private readonly deliveries: WebhookDeliveriesRepository,
    private readonly publicUrl: PublicUrl,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Newest first. @throws Problem `not_found` */
  async list(owner: EndpointOwner, endpointId: string, page: PageRequest): Promise<Page<WebhookDelivery>> {
    const found = await this.deliveries.list(owner, endpointId, page);
    if (found.items.length === 0) await this.inUse(owner, endpointId);
    return found;
  }

  /**
   * Sends `webhook.test`, whatever types the endpoint chose.
   * @throws Problem `not_found`, `webhook_endpoint_disabled`, `webhook_endpoint_busy`
   */
  async test(owner: EndpointOwner, endpointId: string): Promise<WebhookDelivery> {
    const { isDisabled, isBusy } = await this.inUse(owner, endpointId);
    if (isDisabled) throw new Problem('webhook_endpoint_disabled');
    if (isBusy) throw new Problem('webhook_endpoint_busy');
    const id = this.random.timeOrderedUuid();
    const body = JSON.stringify({
      type: 'webhook.test',
      timestamp: new Date(this.clock.now()).toISOString(),
      data: {
        id,
        sequence: 1,
        link: `${this.publicUrl.get()}/${apiPrefix}${owner.kind === 'account' ? '' : '/admin'}/webhook-endpoints`,
      },
    });
    const added = await this.deliveries.add(owner, endpointId, { id, eventType: 'webhook.test', body });
    if (added === null) throw new Problem('not_found');
    return added;
  }

  /**
   * Sends one again, with its id: a receiver that has it already may leave it.
   * @throws Problem `not_found`, `webhook_endpoint_disabled`
   */
  async redeliver(owner: EndpointOwner, endpointId: string, id: string): Promise<WebhookDelivery> {
    if ((await this.inUse(owner, endpointId)).isDisabled) throw new Problem('webhook_endpoint_disabled');
    const again = await this.deliveries.again(owner, endpointId, id);
    if (again === null) throw new Problem('not_found');
    return again;
  }

  /**
   * Sends again what was stored since a time, behind the answer. The same asked again while it is sent, or soon after, changes nothing.
   * @throws Problem `not_found`, `webhook_endpoint_disabled`, `webhook_endpoint_busy`
   */
  async redeliverSince(owner: EndpointOwner, endpointId: string, order: Redelivery): Promise<void> {
    if ((await this.inUse(owner, endpointId)).isDisabled) throw new Problem('webhook_endpoint_disabled');
    const { keepDays, redeliverEveryMs: everyMs } = webhookPolicy;
    if (await this.deliveries.begin(owner, endpointId, order, { keepDays, everyMs })) return;
    if (!(await this.deliveries.isBegun(owner, endpointId, order, everyMs)))
      throw new Problem('webhook_endpoint_busy');
  }

  private async inUse(owner: EndpointOwner, endpointId: string) {
    const state = await this.deliveries.stateOf(owner, endpointId, testsWaiting);
    if (state === null) throw new Problem('not_found');
    return state;
  }
}
