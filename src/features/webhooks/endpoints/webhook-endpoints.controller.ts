import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { writers } from '../../../../config/policy/accounts/roles.js';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { ClientParam } from '../../../guards/route/client.js';
import type { ClientContext } from '../../../network/client-context.js';
import { IdParam } from '../../../perimeter/input/id-param.js';
import { toPageRequest } from '../../../perimeter/input/page-query.js';
import { accountOf } from './endpoint-owner.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import {
  CreateWebhookEndpointRequest,
  ListWebhookDeliveriesQuery,
  RedeliverWebhooksRequest,
  ShownWebhookEndpointResponse,
  WebhookDeliveriesPage,
  WebhookDeliveryResponse,
  WebhookEndpointResponse,
  WebhookEndpointsResponse,
} from './webhook-endpoints.dto.js';
import {
  toShownWebhookEndpoint,
  toWebhookDelivery,
  toWebhookEndpoint,
} from './webhook-endpoints.presenter.js';
import { WebhookEndpointsService } from './webhook-endpoints.service.js';

/** Not callable with an API key: no route here has a scope. */
@ApiTags('webhooks')
@SignedIn()
@Controller(`${apiPrefix}/webhook-endpoints`)
export class WebhookEndpointsController {
  constructor(
    private readonly endpoints: WebhookEndpointsService,
    private readonly deliveries: WebhookDeliveriesService,
  ) {}

  @SignedIn(...writers)
  @ApiOperation({ summary: 'Create a webhook endpoint' })
  @Post()
  @ApiCreatedResponse({
    type: ShownWebhookEndpointResponse,
    description: 'The only answer that shows the secret.',
  })
  async create(
    @CallerParam() caller: Caller,
    @Body() body: CreateWebhookEndpointRequest,
    @ClientParam() client: ClientContext,
  ): Promise<ShownWebhookEndpointResponse> {
    const { url, description = null, event_types: eventTypes } = body;
    return toShownWebhookEndpoint(
      await this.endpoints.create(accountOf(caller), { url, description, eventTypes }, client),
    );
  }

  @ApiOperation({ summary: 'List your webhook endpoints' })
  @Get()
  @ApiOkResponse({ type: WebhookEndpointsResponse, description: 'Newest first.' })
  async list(@CallerParam() caller: Caller): Promise<WebhookEndpointsResponse> {
    return { data: (await this.endpoints.list(accountOf(caller))).map(toWebhookEndpoint) };
  }

  @SignedIn(...writers)
  @ApiOperation({ summary: 'Rotate the secret of a webhook endpoint' })
  @Post(':id/rotate')
  @HttpCode(200)
  @ApiOkResponse({
    type: ShownWebhookEndpointResponse,
    description: 'A new secret. For a day webhooks are signed by the one before it as well.',
  })
  async rotate(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @ClientParam() client: ClientContext,
  ): Promise<ShownWebhookEndpointResponse> {
    return toShownWebhookEndpoint(await this.endpoints.rotate(accountOf(caller), id, client));
  }

  @SignedIn(...writers)
  @ApiOperation({ summary: 'Send a test to a webhook endpoint' })
  @Post(':id/test')
  @HttpCode(202)
  @ApiAcceptedResponse({
    type: WebhookDeliveryResponse,
    description: 'It is sent at once; look at the deliveries.',
  })
  async test(@CallerParam() caller: Caller, @IdParam() id: string): Promise<WebhookDeliveryResponse> {
    return toWebhookDelivery(await this.deliveries.test(accountOf(caller), id));
  }

  @ApiOperation({ summary: 'List the deliveries to a webhook endpoint' })
  @Get(':id/deliveries')
  @ApiOkResponse({ type: WebhookDeliveriesPage, description: 'Newest first.' })
  async listDeliveries(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Query() query: ListWebhookDeliveriesQuery,
  ): Promise<WebhookDeliveriesPage> {
    const page = await this.deliveries.list(accountOf(caller), id, toPageRequest(query));
    return { data: page.items.map(toWebhookDelivery), next_cursor: page.nextCursor };
  }

  @SignedIn(...writers)
  @ApiOperation({
    summary: 'Redeliver a webhook',
    description: 'With its `webhook-id`, and with all attempts, whatever became of it before.',
  })
  @Post(':id/deliveries/:delivery_id/redeliver')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: WebhookDeliveryResponse })
  async redeliver(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @IdParam('delivery_id') deliveryId: string,
  ): Promise<WebhookDeliveryResponse> {
    return toWebhookDelivery(await this.deliveries.redeliver(accountOf(caller), id, deliveryId));
  }

  @SignedIn(...writers)
  @ApiOperation({
    summary: 'Redeliver all webhooks since a time',
    description:
      'Behind the answer, a few at a time. What waits is left as it is. Once in ten minutes; the same again changes nothing.',
  })
  @Post(':id/redeliver')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: WebhookEndpointResponse })
  async redeliverSince(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Body() { since, status = 'failed' }: RedeliverWebhooksRequest,
  ): Promise<WebhookEndpointResponse> {
    await this.deliveries.redeliverSince(accountOf(caller), id, { since: new Date(since), status });
    return toWebhookEndpoint(await this.endpoints.get(accountOf(caller), id));
  }

  @SignedIn(...writers)
  @ApiOperation({
    summary: 'Enable a disabled webhook endpoint',
    description: 'As if it had never failed. What was cancelled can be redelivered.',
  })
  @Post(':id/enable')
  @HttpCode(200)
  @ApiOkResponse({ type: WebhookEndpointResponse })
  async enable(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @ClientParam() client: ClientContext,
  ): Promise<WebhookEndpointResponse> {
    return toWebhookEndpoint(await this.endpoints.enable(accountOf(caller), id, client));
  }

  /** For viewers too: an account that became a viewer must be able to end what it is sent. */
  @ApiOperation({ summary: 'Delete a webhook endpoint' })
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Nothing is sent to it any more; its deliveries are deleted.' })
  async remove(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @ClientParam() client: ClientContext,
  ): Promise<void> {
    await this.endpoints.remove(accountOf(caller), id, client);
  }
}
