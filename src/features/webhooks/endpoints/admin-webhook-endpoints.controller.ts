import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { Admin } from '../../../guards/route/admin.js';
import { ClientParam } from '../../../guards/route/client.js';
import type { ClientContext } from '../../../network/client-context.js';
import { IdParam } from '../../../perimeter/input/id-param.js';
import { toPageRequest } from '../../../perimeter/input/page-query.js';
import { theService } from './endpoint-owner.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import {
  CreateServiceWebhookEndpointRequest,
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

/** Endpoints of the service itself: every administrator has them. */
@ApiTags('admin')
@Admin()
@Controller(`${apiPrefix}/admin/webhook-endpoints`)
export class AdminWebhookEndpointsController {
  constructor(
    private readonly endpoints: WebhookEndpointsService,
    private readonly deliveries: WebhookDeliveriesService,
  ) {}

  @ApiOperation({ summary: 'Create a webhook endpoint of the service' })
  @Post()
  @ApiCreatedResponse({
    type: ShownWebhookEndpointResponse,
    description: 'The only answer that shows the secret.',
  })
  async create(
    @Body() body: CreateServiceWebhookEndpointRequest,
    @ClientParam() client: ClientContext,
  ): Promise<ShownWebhookEndpointResponse> {
    const { url, description = null, event_types: eventTypes } = body;
    return toShownWebhookEndpoint(
      await this.endpoints.create(theService, { url, description, eventTypes }, client),
    );
  }

  @ApiOperation({ summary: 'List the webhook endpoints of the service' })
  @Get()
  @ApiOkResponse({ type: WebhookEndpointsResponse, description: 'Newest first.' })
  async list(): Promise<WebhookEndpointsResponse> {
    return { data: (await this.endpoints.list(theService)).map(toWebhookEndpoint) };
  }

  @ApiOperation({ summary: 'Rotate the secret of a webhook endpoint of the service' })
  @Post(':id/rotate')
  @HttpCode(200)
  @ApiOkResponse({
    type: ShownWebhookEndpointResponse,
    description: 'A new secret. For a day webhooks are signed by the one before it as well.',
  })
  async rotate(
    @IdParam() id: string,
    @ClientParam() client: ClientContext,
  ): Promise<ShownWebhookEndpointResponse> {
    return toShownWebhookEndpoint(await this.endpoints.rotate(theService, id, client));
  }

  @ApiOperation({ summary: 'Send a test to a webhook endpoint of the service' })
  @Post(':id/test')
  @HttpCode(202)
  @ApiAcceptedResponse({
    type: WebhookDeliveryResponse,
    description: 'It is sent at once; look at the deliveries.',
  })
  async test(@IdParam() id: string): Promise<WebhookDeliveryResponse> {
    return toWebhookDelivery(await this.deliveries.test(theService, id));
  }

  @ApiOperation({ summary: 'List the deliveries to a webhook endpoint of the service' })
  @Get(':id/deliveries')
  @ApiOkResponse({ type: WebhookDeliveriesPage, description: 'Newest first.' })
  async listDeliveries(
    @IdParam() id: string,
    @Query() query: ListWebhookDeliveriesQuery,
  ): Promise<WebhookDeliveriesPage> {
    const page = await this.deliveries.list(theService, id, toPageRequest(query));
    return { data: page.items.map(toWebhookDelivery), next_cursor: page.nextCursor };
  }

  @ApiOperation({
    summary: 'Redeliver a webhook of the service',
    description: 'With its `webhook-id`, and with all attempts, whatever became of it before.',
  })
  @Post(':id/deliveries/:delivery_id/redeliver')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: WebhookDeliveryResponse })
  async redeliver(
    @IdParam() id: string,
    @IdParam('delivery_id') deliveryId: string,
  ): Promise<WebhookDeliveryResponse> {
    return toWebhookDelivery(await this.deliveries.redeliver(theService, id, deliveryId));
  }

  @ApiOperation({
    summary: 'Redeliver all webhooks of the service since a time',
    description:
      'Behind the answer, a few at a time. What waits is left as it is. Once in ten minutes; the same again changes nothing.',
  })
  @Post(':id/redeliver')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: WebhookEndpointResponse })
  async redeliverSince(
    @IdParam() id: string,
    @Body() { since, status = 'failed' }: RedeliverWebhooksRequest,
  ): Promise<WebhookEndpointResponse> {
    await this.deliveries.redeliverSince(theService, id, { since: new Date(since), status });
    return toWebhookEndpoint(await this.endpoints.get(theService, id));
  }

  @ApiOperation({
    summary: 'Enable a disabled webhook endpoint of the service',
    description: 'As if it had never failed. What was cancelled can be redelivered.',
  })
  @Post(':id/enable')
  @HttpCode(200)
  @ApiOkResponse({ type: WebhookEndpointResponse })
  async enable(
    @IdParam() id: string,
    @ClientParam() client: ClientContext,
  ): Promise<WebhookEndpointResponse> {
    return toWebhookEndpoint(await this.endpoints.enable(theService, id, client));
  }

  @ApiOperation({ summary: 'Delete a webhook endpoint of the service' })
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Nothing is sent to it any more; its deliveries are deleted.' })
  async remove(@IdParam() id: string, @ClientParam() client: ClientContext): Promise<void> {
    await this.endpoints.remove(theService, id, client);
  }
}
