import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
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
import { AgentAnswers } from '../agent-answers.service.js';
import {
  AdminAgentDetail,
  AdminAgentsResponse,
  AgentTestResponse,
  AgentVersionsPage,
  ChangeAgentRequest,
  CreateAgentRequest,
  PublishAgentRequest,
  RollBackAgentRequest,
  TestAgentRequest,
  VersionsQuery,
} from './admin-agents.dto.js';
import {
  toAdminAgent,
  toAdminAgentDetail,
  toAgentTest,
  toAgentVersion,
  toChange,
} from './admin-agents.presenter.js';
import { AdminAgentsService } from './admin-agents.service.js';

const defaultVersions = 20;

@ApiTags('admin')
@Admin()
@Controller(`${apiPrefix}/admin/agents`)
export class AdminAgentsController {
  constructor(
    private readonly agents: AdminAgentsService,
    private readonly answers: AgentAnswers,
  ) {}

  @ApiOperation({ summary: 'List all agents', description: 'By name; published or not.' })
  @Get()
  @ApiOkResponse({ type: AdminAgentsResponse })
  async list(): Promise<AdminAgentsResponse> {
    return { data: (await this.agents.list()).map(toAdminAgent) };
  }

  @ApiOperation({
    summary: 'Create an agent',
    description: 'As a draft: nobody can ask it before it is published.',
  })
  @Post()
  @HttpCode(201)
  @ApiCreatedResponse({ type: AdminAgentDetail })
  async create(
    @CallerParam() caller: Caller,
    @Body() body: CreateAgentRequest,
    @ClientParam() client: ClientContext,
  ): Promise<AdminAgentDetail> {
    return toAdminAgentDetail(await this.agents.create(caller, body.name, toChange(body), client));
  }

  @ApiOperation({ summary: 'Get an agent with its latest version' })
  @Get(':id')
  @ApiOkResponse({ type: AdminAgentDetail })
  async get(@IdParam() id: string): Promise<AdminAgentDetail> {
    return toAdminAgentDetail(await this.agents.get(id));
  }

  @ApiOperation({
    summary: 'Change an agent',
    description:
      'What is left out stays. Name and default take effect at once; the rest goes into a draft, and a published version is never changed. A draft cannot be the default one. Without a default one the built-in assistant answers, which has no disclosure.',
  })
  @Put(':id')
  @ApiOkResponse({ type: AdminAgentDetail })
  async change(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Body() body: ChangeAgentRequest,
    @ClientParam() client: ClientContext,
  ): Promise<AdminAgentDetail> {
    return toAdminAgentDetail(await this.agents.change(caller, id, toChange(body), client));
  }

  @ApiOperation({
    summary: 'Take an agent away',
    description:
      'Nobody can ask it any more; its conversations stay. In place of the default one the built-in assistant answers, which has no disclosure, until another one is the default.',
  })
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'It is gone from every list.' })
  async archive(@IdParam() id: string, @ClientParam() client: ClientContext): Promise<void> {
    await this.agents.archive(id, client);
  }

  @ApiOperation({ summary: 'List the versions of an agent', description: 'The latest first.' })
  @Get(':id/versions')
  @ApiOkResponse({ type: AgentVersionsPage })
  async versions(@IdParam() id: string, @Query() query: VersionsQuery): Promise<AgentVersionsPage> {
    const limit = query.limit ?? defaultVersions;
    const found = await this.agents.versions(id, limit + 1, query.before ?? null);
    const shown = found.slice(0, limit);
    return {
      data: shown.map(toAgentVersion),
      before: found.length > limit ? (shown.at(-1)?.version ?? null) : null,
    };
  }

  @ApiOperation({
    summary: 'Publish an agent',
    description:
      'It answers from the next message on, on every instance. One whose model or origins this service no longer has is refused.',
  })
  @Post(':id/publish')
  @HttpCode(200)
  @ApiOkResponse({ type: AdminAgentDetail })
  async publish(
    @IdParam() id: string,
    @Body() body: PublishAgentRequest,
    @ClientParam() client: ClientContext,
  ): Promise<AdminAgentDetail> {
    return toAdminAgentDetail(await this.agents.publish(id, body.version ?? null, client));
  }

  @ApiOperation({
    summary: 'Go back to an earlier version of an agent',
    description:
      'With its instructions and its knowledge. The draft stays. A version whose model or origins this service no longer has is refused.',
  })
  @Post(':id/rollback')
  @HttpCode(200)
  @ApiOkResponse({ type: AdminAgentDetail })
  async rollBack(
    @IdParam() id: string,
    @Body() body: RollBackAgentRequest,
    @ClientParam() client: ClientContext,
  ): Promise<AdminAgentDetail> {
    return toAdminAgentDetail(await this.agents.publish(id, body.version, client));
  }

  @ApiOperation({
    summary: 'Try out an agent',
    description: 'One question to any version. Nothing is stored; it is paid as any call.',
  })
  @Post(':id/test')
  @HttpCode(200)
  @ApiOkResponse({ type: AgentTestResponse })
  async test(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Body() body: TestAgentRequest,
    @ClientParam() client: ClientContext,
  ): Promise<AgentTestResponse> {
    const { version, answer } = await this.answers.try(
      caller,
      id,
      body.version ?? null,
      body.message,
      client.requestId,
    );
    return toAgentTest(version, answer);
  }
}
