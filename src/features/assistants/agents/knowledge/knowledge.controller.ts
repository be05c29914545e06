import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { apiPrefix } from '../../../../../config/policy/perimeter/http.js';
import { Admin } from '../../../../guards/route/admin.js';
import { CallerParam, type Caller } from '../../../../guards/route/caller.js';
import { ClientParam } from '../../../../guards/route/client.js';
import type { ClientContext } from '../../../../network/client-context.js';
import { IdParam } from '../../../../perimeter/input/id-param.js';
import { toPageRequest } from '../../../../perimeter/input/page-query.js';
import {
  AddedKnowledgeResponse,
  AddKnowledgeRequest,
  KnowledgePage,
  KnowledgeQuery,
} from './knowledge.dto.js';
import { KnowledgeService } from './knowledge.service.js';

@ApiTags('admin')
@Admin()
@Controller(`${apiPrefix}/admin/agents/:id/knowledge`)
export class KnowledgeController {
  constructor(private readonly knowledge: KnowledgeService) {}

  @ApiOperation({ summary: 'List what an agent knows', description: 'The newest first.' })
  @Get()
  @ApiOkResponse({ type: KnowledgePage })
  async list(@IdParam() id: string, @Query() query: KnowledgeQuery): Promise<KnowledgePage> {
    const { items, nextCursor } = await this.knowledge.list(id, query.version ?? null, toPageRequest(query));
    return {
      data: items.map(({ createdAt, ...entry }) => ({ ...entry, created_at: createdAt.toISOString() })),
      next_cursor: nextCursor,
    };
  }

  @ApiOperation({ summary: 'Add to what an agent knows', description: 'In its draft: published with it.' })
  @Post()
  @HttpCode(201)
  @ApiCreatedResponse({ type: AddedKnowledgeResponse })
  async add(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Body() body: AddKnowledgeRequest,
    @ClientParam() client: ClientContext,
  ): Promise<AddedKnowledgeResponse> {
    const { title, text, language } = body;
    return { id: await this.knowledge.add(caller, id, { title, text, language }, client) };
  }

  @ApiOperation({
    summary: 'Remove from what an agent knows',
    description: 'In its draft: earlier versions keep the entry.',
  })
  @Delete(':entry_id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'It is no part of the draft any more.' })
  async remove(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @IdParam('entry_id') entryId: string,
    @ClientParam() client: ClientContext,
  ): Promise<void> {
    await this.knowledge.remove(caller, id, entryId, client);
  }
}
