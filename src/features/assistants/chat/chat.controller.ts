import { Body, Controller, Get, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { writers } from '../../../../config/policy/accounts/roles.js';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../../guards/route/access.js';
import { Scope } from '../../../guards/route/scope.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { ClientParam } from '../../../guards/route/client.js';
import type { ClientContext } from '../../../network/client-context.js';
import { Limit } from '../../../guards/route/limit.js';
import { LongLived } from '../../../guards/route/long-lived.js';
import { answerEvent, ResumesAnswer } from './answer-stream.js';
import { chatEvents, ChatResponse, SendChatRequest } from './chat.dto.js';
import { toOrder } from './chat-order.js';
import { toChatResponse } from './chat.presenter.js';
import { ConversationIdParam } from './conversation-id-param.js';
import { ChatService } from './runs/chat.service.js';
import { ChatStreams } from './runs/chat-streams.js';

@ApiTags('chat')
@SignedIn()
@Controller(`${apiPrefix}/chat`)
export class ChatController {
  constructor(
    private readonly chat: ChatService,
    private readonly streams: ChatStreams,
  ) {}

  @SignedIn(...writers)
  @LongLived()
  @ApiOperation({
    summary: 'Ask an assistant',
    description:
      'As JSON, or as a stream where `Accept` names text/event-stream. The body of the AI SDK is taken as well, and streamed by default. The answer is given to its end though the client goes away.',
  })
  @Scope('visitor')
  @Post()
  @Limit('chat')
  @HttpCode(200)
  @ApiExtraModels(ChatResponse, ...chatEvents)
  @ApiOkResponse({
    description: 'The answer, or the canned one where no model answered.',
    content: {
      'application/json': { schema: { $ref: '#/components/schemas/ChatResponse' } },
      'text/event-stream': { schema: answerEvent() },
    },
  })
  async send(
    @CallerParam() caller: Caller,
    @Body() body: SendChatRequest,
    @Headers('accept') accept: string | undefined,
    @Headers('origin') origin: string | undefined,
    @ClientParam() client: ClientContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChatResponse | undefined> {
    const order = toOrder(body, accept ?? '', { client, origin: origin ?? null });
    if (order.shape === 'stream') {
      this.streams.requireRoom(caller);
      this.streams.show(caller, await this.chat.send(caller, order), reply);
      return undefined;
    }
    const run = await this.chat.send(caller, order);
    return toChatResponse(run.conversationId, run.answerId, await run.ended);
  }

  @ResumesAnswer('The same as GET /conversations/{id}/stream, where the AI SDK looks for it.')
  @Scope('visitor')
  @Get(':id/stream')
  async resume(
    @CallerParam() caller: Caller,
    @ConversationIdParam() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!(await this.streams.resume(caller, id, reply))) await reply.code(204).send();
  }
}
