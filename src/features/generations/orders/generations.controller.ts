import { Body, Controller, Delete, Get, Headers, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
  ApiOperation,
  ApiExtension,
  ApiExtraModels,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { writers } from '../../../../config/policy/accounts/roles.js';
import { mediaUrlSeconds } from '../../../../config/policy/generations/streams.js';
import { SignedIn } from '../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { Limit } from '../../../guards/route/limit.js';
import { Scope } from '../../../guards/route/scope.js';
import { headerReferences } from '../../../perimeter/output/response-headers.js';
import { formSchema, type FormSchema } from '../../../perimeter/output/form-schema.js';
import { IdParam } from '../../../perimeter/input/id-param.js';
import { RateLimiter } from '../../../perimeter/limits/rate-limiter.js';
import { IdempotencyService, type IdempotentResult } from '../../idempotency/idempotency.service.js';
import type { Generation, GenerationStatus } from '../generation.js';
import {
  CreateGenerationForm,
  CreateGenerationRequest,
  FavoriteRequest,
  GenerationResponse,
  GenerationsPage,
  GenerationStatsResponse,
  ListGenerationsQuery,
  MediaUrlsQuery,
  MediaUrlsResponse,
  type WireStatus,
} from './generations.dto.js';
import { AcceptanceService } from './acceptance.service.js';
import { CancellationService } from './cancellation.service.js';
import { accepting, toGeneration, toGenerationStats, toMediaUrl, toWhole } from './generations.presenter.js';
import { MediaLinks } from '../../storage/media-links.js';
import { toPageRequest } from '../../../perimeter/input/page-query.js';
import { GenerationsService } from './generations.service.js';
import { OrderReader } from './order-reader.js';

const path = `${apiPrefix}/generations`;
const keyHeader = {
  name: 'Idempotency-Key',
  required: false,
  description: 'The same request with the same key has one effect and the same answer, for a day.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7E]+$' },
};

const createGenerationForm: FormSchema = {
  schema: CreateGenerationForm.name,
  parts: { parameters: 'application/json', reference_image: 'image/png, image/jpeg, image/webp' },
};

const acceptedHeaders = headerReferences('Location', 'Idempotency-Replayed');

const statusesOf = (status: WireStatus | undefined): GenerationStatus[] | null => {
  if (status === undefined) return null;
  return status === 'processing' ? ['submitting', 'processing'] : [status];
};

@ApiTags('generations')
@SignedIn()
@Controller(path)
export class GenerationsController {
  constructor(
    private readonly generations: GenerationsService,
    private readonly acceptance: AcceptanceService,
    private readonly cancellation: CancellationService,
    private readonly orders: OrderReader,
    private readonly keys: IdempotencyService,
    private readonly links: MediaLinks,
    private readonly limiter: RateLimiter,
  ) {}

  @SignedIn(...writers)
  @Scope('generations:write')
  @ApiOperation({
    summary: 'Order a generation',
    description: 'Accepted once it is paid for; follow it by its events.',
  })
  @Post()
  @Limit('generation_create')
  @HttpCode(202)
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiBody({ type: CreateGenerationRequest })
  @ApiExtraModels(CreateGenerationForm)
  @ApiExtension(formSchema, createGenerationForm)
  @ApiHeader(keyHeader)
  @ApiAcceptedResponse({
    type: GenerationResponse,
    description: 'Accepted and paid for; Location names it.',
    headers: acceptedHeaders,
  })
  async create(
    @CallerParam() caller: Caller,
    @Headers('idempotency-key') key: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GenerationResponse> {
    const { order, content } = await this.orders.read(request);
    const named = { key, route: `POST ${path}`, content };
    const result = await this.keys.runOnce(caller, named, (lock) =>
      this.acceptance.accept(caller, order, { lock, ...accepting }),
    );
    return this.accepted(caller, result, request, reply);
  }

  @Scope('generations:read')
  @ApiOperation({ summary: 'List your generations', description: 'Newest first.' })
  @Get()
  @ApiOkResponse({ type: GenerationsPage })
  async list(@CallerParam() caller: Caller, @Query() query: ListGenerationsQuery): Promise<GenerationsPage> {
    const filter = {
      statuses: statusesOf(query.status),
      modelId: query.model_id ?? null,
      projectId: query.project_id ?? null,
      favorite: query.favorite ?? null,
    };
    const page = await this.generations.list(caller, filter, toPageRequest(query));
    const media = await this.links.signLists(page.items.map((generation) => generation.media));
    return {
      data: page.items.map((generation, at) => toGeneration(generation, media[at] ?? [])),
      next_cursor: page.nextCursor,
    };
  }

  @Scope('generations:read')
  @ApiOperation({ summary: 'Get the totals of your generations' })
  @Get('stats')
  @ApiOkResponse({ type: GenerationStatsResponse })
  async stats(@CallerParam() caller: Caller): Promise<GenerationStatsResponse> {
    return toGenerationStats(await this.generations.stats(caller));
  }

  @Scope('generations:read')
  @ApiOperation({ summary: 'Get a generation' })
  @Get(':id')
  @ApiOkResponse({ type: GenerationResponse })
  async get(@CallerParam() caller: Caller, @IdParam() id: string): Promise<GenerationResponse> {
    return this.present(await this.generations.get(caller, id));
  }

  @Scope('generations:read')
  @ApiOperation({ summary: 'Get fresh links to the results' })
  @Get(':id/media-urls')
  @ApiOkResponse({ type: MediaUrlsResponse, description: 'Empty before the generation is completed.' })
  async mediaUrls(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Query() query: MediaUrlsQuery,
  ): Promise<MediaUrlsResponse> {
    const { media } = await this.generations.get(caller, id);
    return { data: (await this.links.sign(media, query.expires_in ?? mediaUrlSeconds)).map(toMediaUrl) };
  }

  @SignedIn(...writers)
  @Scope('generations:write')
  @ApiOperation({ summary: 'Cancel a generation' })
  @Post(':id/cancel')
  @HttpCode(202)
  @ApiAcceptedResponse({
    type: GenerationResponse,
    description: 'Cancelled, or asked back from the provider: the stream tells how it ends.',
  })
  async cancel(@CallerParam() caller: Caller, @IdParam() id: string): Promise<GenerationResponse> {
    return this.present(await this.cancellation.cancel(caller, id));
  }

  @SignedIn(...writers)
  @Scope('generations:write')
  @ApiOperation({ summary: 'Order a failed or cancelled generation again' })
  @Post(':id/retry')
  @Limit('generation_create')
  @HttpCode(202)
  @ApiHeader(keyHeader)
  @ApiAcceptedResponse({
    type: GenerationResponse,
    description: 'A new generation of the same order.',
    headers: acceptedHeaders,
  })
  async retry(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Headers('idempotency-key') key: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GenerationResponse> {
    const named = { key, route: `POST ${path}/${id}/retry`, content: null };
    const result = await this.keys.runOnce(caller, named, (lock) =>
      this.acceptance.retry(caller, id, { lock, ...accepting }),
    );
    return this.accepted(caller, result, request, reply);
  }

  @SignedIn(...writers)
  @Scope('generations:write')
  @ApiOperation({ summary: 'Mark a generation as favorite, or not' })
  @Post(':id/favorite')
  @HttpCode(200)
  @ApiOkResponse({ type: GenerationResponse })
  async favorite(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Body() body: FavoriteRequest,
  ): Promise<GenerationResponse> {
    return this.present(await this.generations.setFavorite(caller, id, body.favorite ?? true));
  }

  @SignedIn(...writers)
  @Scope('generations:write')
  @ApiOperation({ summary: 'Delete a generation' })
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({
    description: 'The generation and its objects are gone; running ones are refused with 409.',
  })
  async remove(@CallerParam() caller: Caller, @IdParam() id: string): Promise<void> {
    await this.cancellation.remove(caller, id);
  }

  private async present(generation: Generation): Promise<GenerationResponse> {
    return toGeneration(generation, await this.links.sign(generation.media));
  }

  /** A replayed answer is not a new generation: it is not counted by the limit. */
  private async accepted(
    caller: Caller,
    { answer, replayed }: IdempotentResult<GenerationResponse>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<GenerationResponse> {
    const location = `/${path}/${answer.id}`;
    if (!replayed) {
      void reply.header('location', location);
      return answer;
    }
    await this.limiter.giveBack(request);
    const generation = await this.generations.repeated(caller, answer.id);
    void reply.headers({ location, 'idempotency-replayed': 'true' });
    return toWhole(answer, generation);
  }
}
