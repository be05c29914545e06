import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiExcludeEndpoint,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { writers } from '../../../../config/policy/accounts/roles.js';
import { openAiPolicy } from '../../../../config/policy/assistants/openai.js';
import { openAiPrefix } from '../../../../config/policy/perimeter/http.js';
import { OpaqueBody, SignedIn } from '../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { Limit } from '../../../guards/route/limit.js';
import { LongLived } from '../../../guards/route/long-lived.js';
import { Scope } from '../../../guards/route/scope.js';
import { AnswerService } from './answer.service.js';
import {
  ChatCompletionChunk,
  ChatCompletionRequest,
  ChatCompletionResponse,
} from './completions/completion.dto.js';
import { CompletionEvents } from './completions/completion-events.js';
import { toCompletionOrder } from './completions/completion-order.js';
import { toCompletion } from './completions/completion.presenter.js';
import { OpenAiModel, OpenAiModelList, toOpenAiModel } from './models/model.dto.js';
import { OpenAiModels } from './models/openai-models.service.js';
import {
  CreateResponseRequest,
  OpenAiResponse,
  outputItems,
  ResponseEvent,
} from './responses/response.dto.js';
import { ResponseEvents } from './responses/response-events.js';
import { toResponseOrder } from './responses/response-order.js';
import { toResponse } from './responses/response.presenter.js';

const answerText = 'Errors have the shape of OpenAI. An answer ends with its client; nothing of it is kept.';
const eventsOf = (name: string) => ({ schema: { $ref: `#/components/schemas/${name}` } });

@ApiTags('openai')
@SignedIn()
@Controller(openAiPrefix)
export class OpenAiController {
  constructor(
    private readonly models: OpenAiModels,
    private readonly answers: AnswerService,
  ) {}

  @Scope('openai')
  @ApiOperation({
    summary: 'List the models for clients of OpenAI',
    description: 'Of language, and of pictures.',
  })
  @Get('models')
  @ApiOkResponse({ type: OpenAiModelList })
  list(@CallerParam() caller: Caller): OpenAiModelList {
    return { object: 'list', data: this.models.list(caller).map(toOpenAiModel) };
  }

  @Scope('openai')
  @ApiOperation({ summary: 'Get a model for clients of OpenAI' })
  @Get('models/:id')
  @ApiParam({
    name: 'id',
    description: 'Its slashes encoded or not.',
    schema: {
      type: 'string',
      maxLength: openAiPolicy.modelCharacters,
      pattern: '^[A-Za-z0-9][A-Za-z0-9._:/-]*$',
      example: 'velro/canvas',
    },
  })
  @ApiOkResponse({ type: OpenAiModel })
  get(@CallerParam() caller: Caller, @Param('id') id: string): OpenAiModel {
    return toOpenAiModel(this.models.require(caller, id));
  }

  /** The same route for clients that do not encode the slashes of an id. */
  @ApiExcludeEndpoint()
  @Scope('openai')
  @Get('models/*')
  getBySlashes(@CallerParam() caller: Caller, @Param('*') id: string): OpenAiModel {
    return toOpenAiModel(this.models.require(caller, id));
  }

  @SignedIn(...writers)
  @Scope('openai')
  @LongLived()
  @OpaqueBody()
  @ApiOperation({ summary: 'Complete a chat, as OpenAI does', description: answerText })
  @Post('chat/completions')
  @Limit('chat')
  @HttpCode(200)
  @ApiExtraModels(ChatCompletionResponse, ChatCompletionChunk)
  @ApiOkResponse({
    description: 'The answer; with `stream` as events, closed by `[DONE]`.',
    content: {
      'application/json': eventsOf(ChatCompletionResponse.name),
      'text/event-stream': eventsOf(ChatCompletionChunk.name),
    },
  })
  async complete(
    @CallerParam() caller: Caller,
    @Body() body: ChatCompletionRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChatCompletionResponse | undefined> {
    const order = toCompletionOrder(body);
    const begun = await this.answers.begin(caller, order, request.id, reply);
    const facts = { id: `chatcmpl-${begun.id}`, created: begun.created, model: begun.model };
    if (!order.isStream) return toCompletion(facts, await begun.whole());
    begun.stream(new CompletionEvents(facts, order.includesUsage));
    return undefined;
  }

  @SignedIn(...writers)
  @Scope('openai')
  @LongLived()
  @OpaqueBody()
  @ApiOperation({
    summary: 'Create a response, as OpenAI does',
    description: `${answerText} The subset that needs nothing that is kept: what was said comes with each request.`,
  })
  @Post('responses')
  @Limit('chat')
  @HttpCode(200)
  @ApiExtraModels(OpenAiResponse, ResponseEvent, ...outputItems)
  @ApiOkResponse({
    description:
      'The answer; with `stream` as events, of which the last is `response.completed` or `response.incomplete`.',
    content: {
      'application/json': eventsOf(OpenAiResponse.name),
      'text/event-stream': eventsOf(ResponseEvent.name),
    },
  })
  async respond(
    @CallerParam() caller: Caller,
    @Body() body: CreateResponseRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OpenAiResponse | undefined> {
    const order = toResponseOrder(body);
    const begun = await this.answers.begin(caller, order, request.id, reply);
    const facts = {
      base: begun.id,
      created: begun.created,
      model: begun.model,
      maxOutputTokens: order.request.maxOutputTokens,
      parallelToolCalls: body.parallel_tool_calls ?? true,
    };
    if (!order.isStream) return toResponse(facts, await begun.whole());
    begun.stream(new ResponseEvents(facts));
    return undefined;
  }
}
