import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { secretText } from '../../../crypto/standard-webhook.js';
import { Database, type Transaction } from '../../../database/database.js';
import { Problem } from '../../../errors/problem.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { WebhookSender } from '../../../ports/delivery/webhook-sender.js';
import { Random } from '../../../ports/random.js';
import { UsersService } from '../../users/users.service.js';
import { WebhookSecrets } from '../delivery/webhook-secrets.js';
import {
  webhookEndpointCreated,
  webhookEndpointDeleted,
  webhookEndpointEnabled,
  webhookSecretRotated,
} from '../webhooks.events.js';
import { accountOf, type EndpointOwner } from './endpoint-owner.js';
import type { NewWebhookEndpoint, ShownWebhookEndpoint, WebhookEndpoint } from './webhook-endpoint.js';
import { WebhookEndpointsRepository } from './webhook-endpoints.repository.js';

/** Webhook endpoints of accounts and of the service. The id of somebody else's endpoint is `not_found`. */
@Injectable()
export class WebhookEndpointsService {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'passwords'>,
    private readonly database: Database,
    private readonly endpoints: WebhookEndpointsRepository,
    private readonly users: UsersService,
    private readonly secrets: WebhookSecrets,
    private readonly sender: WebhookSender,
    private readonly events: SecurityEvents,
    private readonly random: Random,
  ) {}

  /** @throws Problem `validation_failed`, `address_unproven`, `webhook_endpoints_exceeded` */
  async create(
    owner: EndpointOwner,
    order: NewWebhookEndpoint,
    client: ClientContext,
  ): Promise<ShownWebhookEndpoint> {
    if (!this.sender.accepts(order.url)) throw notPublic();
    const [id, secret] = [this.random.timeOrderedUuid(), this.secrets.create()];
    const endpoint = await this.database.transaction(async (tx) => {
      const atMost = await this.lock(tx, owner);
      if ((await this.endpoints.count(tx, owner)) >= atMost) throw new Problem('webhook_endpoints_exceeded');
      return this.endpoints.add(tx, owner, id, order, this.secrets.seal(id, secret), client);
    });
    webhookEndpointCreated(this.events, client, owner, id);
    return { endpoint, secret: secretText(secret) };
  }

  /** Newest first. */
  list(owner: EndpointOwner): Promise<WebhookEndpoint[]> {
    return this.endpoints.list(owner);
  }

  /** @throws Problem `not_found` */
  async get(owner: EndpointOwner, id: string): Promise<WebhookEndpoint> {
    const endpoint = await this.endpoints.find(owner, id);
    if (endpoint === null) throw new Problem('not_found');
    return endpoint;
  }

  /** Sets a disabled one in use again; one that is in use stays as it is. @throws Problem `not_found` */
  async enable(owner: EndpointOwner, id: string, client: ClientContext): Promise<WebhookEndpoint> {
    const enabled = await this.endpoints.enable(owner, id, client);
    if (enabled === null) return this.get(owner, id);
    webhookEndpointEnabled(this.events, client, owner, id);
    return enabled;
  }

  /** @throws Problem `not_found` */
  async rotate(owner: EndpointOwner, id: string, client: ClientContext): Promise<ShownWebhookEndpoint> {
    const secret = this.secrets.create();
    const endpoint = await this.endpoints.replaceSecret(owner, id, this.secrets.seal(id, secret), client);
    if (endpoint === null) throw new Problem('not_found');
    webhookSecretRotated(this.events, client, owner, id);
    return { endpoint, secret: secretText(secret) };
  }

  /** @throws Problem `not_found` */
  async remove(owner: EndpointOwner, id: string, client: ClientContext): Promise<void> {
    if (!(await this.endpoints.remove(owner, id, client))) throw new Problem('not_found');
    webhookEndpointDeleted(this.events, client, owner, id);
  }

  /** Of an account whose address is proven for the first time: somebody else may have made them. */
  removeAll(tx: Transaction, userId: string, client: ClientContext | null): Promise<void> {
    return this.endpoints.removeAll(tx, accountOf({ userId }), client);
  }

  /** Serialises parallel requests, so that the count is exact. Returns how many endpoints there may be. */
  private async lock(tx: Transaction, owner: EndpointOwner): Promise<number> {
    if (owner.kind === 'service') {
      await this.users.lockAdministration(tx);
      return webhookPolicy.ofService;
    }
    const user = await this.users.lock(tx, owner.userId);
    const isProven = user !== null && (user.provenAt ?? user.exchangedAt) !== null;
    if (this.config.passwords.requireEmailVerification && !isProven) throw new Problem('address_unproven');
    return webhookPolicy.perUser;
  }
}

const notPublic = (): Problem =>
  new Problem('validation_failed', {
    errors: [
      { field: 'url', code: 'not_public', message: 'must be an https URL of a public host, port 443' },
    ],
  });
