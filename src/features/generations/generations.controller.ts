import { Body, Controller, Delete, Get, Headers, HttpCode, Post, Query, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { apiPrefix } from '../../../config/policy/http.js';
import { writers } from '../../../config/policy/roles.js';
import { SignedIn } from '../../guards/access.js';
import { CallerParam, type Caller } from '../../guards/caller.js';
import { Limit } from '../../guards/limit.js';
import { Scope } from '../../guards/scope.js';
import { IdParam } from '../../perimeter/input/id-param.js';
import { GenerationEvents } from './generation-events.js';
import {
  CreateGenerationRequest,
  GenerationResponse,
  GenerationsPage,
  ListGenerationsQuery,
} from './generations.dto.js';
import { GenerationsPresenter } from './generations.presenter.js';
import { GenerationsService } from './generations.service.js';

const defaultPage = 20;

@ApiTags('generations')
@SignedIn()
@Controller(`${apiPrefix}/generations`)
export class GenerationsController {
  constructor(
    private readonly generations: GenerationsService,
    private readonly presenter: GenerationsPresenter,
    private readonly events: GenerationEvents,
  ) {}

  @SignedIn(...writers)
  @Scope('generations:write')
  @Post()
  @Limit('generation_create')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: GenerationResponse, description: 'Accepted and paid for; Location names it.' })
  async create(
    @CallerParam() caller: Caller,
    @Body() body: CreateGenerationRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GenerationResponse> {
    const generation = await this.generations.accept(caller, {
      modelId: body.model_id,
      prompt: body.prompt,
      negativePrompt: body.negative_prompt ?? null,
      parameters: body.parameters ?? {},
    });
    void reply.header('location', `/${apiPrefix}/generations/${generation.id}`);
    return this.presenter.present(generation);
  }

  @Scope('generations:read')
  @Get()
  @ApiOkResponse({ type: GenerationsPage })
  async list(@CallerParam() caller: Caller, @Query() query: ListGenerationsQuery): Promise<GenerationsPage> {
    const { page, nextCursor } = await this.generations.list(
      caller,
      query.limit ?? defaultPage,
      query.cursor ?? null,
    );
    return {
      data: await Promise.all(page.map((generation) => this.presenter.present(generation))),
      next_cursor: nextCursor,
    };
  }

  @Scope('generations:read')
  @Get(':id')
  @ApiOkResponse({ type: GenerationResponse })
  async get(@CallerParam() caller: Caller, @IdParam() id: string): Promise<GenerationResponse> {
    return this.presenter.present(await this.generations.get(caller, id));
  }

  @Scope('generations:read')
  @Get(':id/events')
  @ApiProduces('text/event-stream')
  @ApiOkResponse({
    description:
      'Events `status`, `progress`, `completed`, `failed`, `cancelled`; each carries the generation. Ends with the generation or with the token.',
  })
  async watch(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Headers('last-event-id') last: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.events.watch(
      caller,
      id,
      last !== undefined && /^\d{1,6}$/.test(last) ? Number(last) : -1,
      reply,
    );
  }

  @SignedIn(...writers)
  @Scope('generations:write')
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({
    description: 'The generation and its objects are gone; running ones are refused with 409.',
  })
  async remove(@CallerParam() caller: Caller, @IdParam() id: string): Promise<void> {
    await this.generations.remove(caller, id);
  }
}
