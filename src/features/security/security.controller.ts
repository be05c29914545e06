import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
  ApiOperation,
} from '@nestjs/swagger';
import { AuditedRead } from '../audit/audited-read.service.js';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { Admin } from '../../guards/route/admin.js';
import { CallerParam, type Caller } from '../../guards/route/caller.js';
import { IdParam } from '../../perimeter/input/id-param.js';
import {
  AddBlockRequest,
  BlockResponse,
  BlocksPage,
  ListBlocksQuery,
  ListEventsQuery,
  PostureResponse,
  SecurityEventsPage,
  TestAlertResponse,
} from './security.dto.js';
import { toBlock, toEvent, toFilter, toOrder, toPosture, toTestAlert } from './security.presenter.js';
import { AlertService } from './alerts/alert.service.js';
import { BlocksService } from './blocks/blocks.service.js';
import { SecurityEventsService } from './events/security-events.service.js';
import { PostureService } from './posture/posture.service.js';
import { ClientParam } from '../../guards/route/client.js';
import type { ClientContext } from '../../network/client-context.js';
import { toPageRequest } from '../../perimeter/input/page-query.js';

/** Default page size. */
const pageSize = 50;

@ApiTags('security')
@Admin()
@Controller(`${apiPrefix}/admin/security`)
export class SecurityController {
  constructor(
    private readonly securityEvents: SecurityEventsService,
    private readonly blockOrders: BlocksService,
    private readonly postures: PostureService,
    private readonly alerts: AlertService,
  ) {}

  @ApiOperation({ summary: 'List security events' })
  @AuditedRead({ what: 'security events', of: 'many' })
  @Get('events')
  @ApiOkResponse({ type: SecurityEventsPage, description: 'The newest first.' })
  async events(@Query() query: ListEventsQuery): Promise<SecurityEventsPage> {
    const page = await this.securityEvents.list(toFilter(query), toPageRequest(query, pageSize));
    return { data: page.items.map(toEvent), next_cursor: page.nextCursor };
  }

  @ApiOperation({ summary: 'List blocks in force' })
  @AuditedRead({ what: 'blocks', of: 'many' })
  @Get('blocks')
  @ApiOkResponse({ type: BlocksPage, description: 'Those in force, the newest first.' })
  async blocks(@Query() query: ListBlocksQuery): Promise<BlocksPage> {
    const page = await this.blockOrders.list(toPageRequest(query, pageSize));
    return { data: page.items.map(toBlock), next_cursor: page.nextCursor };
  }

  @ApiOperation({ summary: 'Block an address' })
  @Post('blocks')
  @ApiCreatedResponse({ type: BlockResponse, description: 'It holds on every instance.' })
  async block(
    @CallerParam() caller: Caller,
    @Body() body: AddBlockRequest,
    @ClientParam() client: ClientContext,
  ): Promise<BlockResponse> {
    return toBlock(await this.blockOrders.add(caller, toOrder(body), client));
  }

  @ApiOperation({ summary: 'Lift a block' })
  @Delete('blocks/:id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Lifted, and what led to it is forgiven.' })
  async lift(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @ClientParam() client: ClientContext,
  ): Promise<void> {
    await this.blockOrders.lift(caller, id, client);
  }

  @ApiOperation({
    summary: 'Get the security posture',
    description: 'Threat levels, blocks in force and the events of the last day.',
  })
  @Get('posture')
  @ApiOkResponse({ type: PostureResponse })
  async posture(): Promise<PostureResponse> {
    return toPosture(await this.postures.read());
  }

  @ApiOperation({
    summary: 'Send a test alert',
    description: 'To every configured receiver, the webhook and the mail address, each with its own retries.',
  })
  @Post('test-alert')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: TestAlertResponse, description: 'Stored, and sent as soon as may be.' })
  async testAlert(@ClientParam() client: ClientContext): Promise<TestAlertResponse> {
    return toTestAlert(await this.alerts.test(client));
  }
}
