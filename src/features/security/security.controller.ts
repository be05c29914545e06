import { Body, Controller, Delete, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
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
import { toBlock, toEvent, toFilter, toOrder, toPosture } from './security.presenter.js';
import { SecurityService, type Acting } from './security.service.js';

const defaultPage = 50;

@ApiTags('security')
@Admin()
@Controller(`${apiPrefix}/admin/security`)
export class SecurityController {
  constructor(private readonly security: SecurityService) {}

  @Get('events')
  @ApiOkResponse({ type: SecurityEventsPage, description: 'The newest first.' })
  async events(@Query() query: ListEventsQuery): Promise<SecurityEventsPage> {
    const { limit = defaultPage, cursor } = query;
    const { page, nextCursor } = await this.security.listEvents(toFilter(query), limit, cursor ?? null);
    return { data: page.map(toEvent), next_cursor: nextCursor };
  }

  @Get('blocks')
  @ApiOkResponse({ type: BlocksPage, description: 'Those in force, the newest first.' })
  async blocks(@Query() { limit = defaultPage, cursor }: ListBlocksQuery): Promise<BlocksPage> {
    const { page, nextCursor } = await this.security.listBlocks(limit, cursor ?? null);
    return { data: page.map(toBlock), next_cursor: nextCursor };
  }

  @Post('blocks')
  @ApiCreatedResponse({ type: BlockResponse, description: 'It holds on every instance.' })
  async block(
    @CallerParam() caller: Caller,
    @Body() body: AddBlockRequest,
    @Req() request: FastifyRequest,
  ): Promise<BlockResponse> {
    return toBlock(await this.security.block(caller, toOrder(body), actingOf(request)));
  }

  @Delete('blocks/:id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Lifted, and what led to it is forgiven.' })
  async lift(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.security.lift(caller, id, actingOf(request));
  }

  @Get('posture')
  @ApiOkResponse({ type: PostureResponse })
  async posture(): Promise<PostureResponse> {
    return toPosture(await this.security.posture());
  }

  @Post('test-alert')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: TestAlertResponse, description: 'Stored, and sent as soon as may be.' })
  async testAlert(@CallerParam() caller: Caller, @Req() request: FastifyRequest): Promise<TestAlertResponse> {
    return { alert_id: await this.security.testAlert(caller, actingOf(request)) };
  }
}

const actingOf = ({ clientAddress, id }: FastifyRequest): Acting => ({ ip: clientAddress.ip, requestId: id });
