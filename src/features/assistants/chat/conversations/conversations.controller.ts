import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { writers } from '../../../../../config/policy/accounts/roles.js';
import { apiPrefix } from '../../../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../../../guards/route/access.js';
import { Scope } from '../../../../guards/route/scope.js';
import { CallerParam, type Caller } from '../../../../guards/route/caller.js';
import { toPageRequest } from '../../../../perimeter/input/page-query.js';
import { ResumesAnswer } from '../answer-stream.js';
import { toConversation, toConversationDetail } from '../chat.presenter.js';
import { ConversationIdParam, MessageIdParam } from '../conversation-id-param.js';
import { ChatService } from '../runs/chat.service.js';
import { ChatStreams } from '../runs/chat-streams.js';
import {
  ConversationDetail,
  ConversationResponse,
  ConversationsPage,
  GetConversationQuery,
  ListConversationsQuery,
  RateAnswerRequest,
  RenameConversationRequest,
} from './conversations.dto.js';
import { ConversationsService } from './conversations.service.js';

const defaultMessages = 50;

@ApiTags('chat')
@SignedIn()
@Controller(`${apiPrefix}/conversations`)
export class ConversationsController {
  constructor(
    private readonly conversations: ConversationsService,
    private readonly chat: ChatService,
    private readonly streams: ChatStreams,
  ) {}

  @ApiOperation({
    summary: 'List your conversations',
    description: 'The latest first; or those with some words.',
  })
  @Scope('visitor')
  @Get()
  @ApiOkResponse({ type: ConversationsPage })
  async list(
    @CallerParam() caller: Caller,
    @Query() query: ListConversationsQuery,
  ): Promise<ConversationsPage> {
    const page = await this.conversations.list(caller, toPageRequest(query), query.q ?? null);
    return { data: page.items.map(toConversation), next_cursor: page.nextCursor };
  }

  @ApiOperation({ summary: 'Get a conversation', description: 'With its messages, the latest first.' })
  @Scope('visitor')
  @Get(':id')
  @ApiOkResponse({ type: ConversationDetail })
  async get(
    @CallerParam() caller: Caller,
    @ConversationIdParam() id: string,
    @Query() query: GetConversationQuery,
  ): Promise<ConversationDetail> {
    const conversation = await this.conversations.get(caller, id);
    const { messages, before } = await this.conversations.messages(
      caller,
      id,
      query.limit ?? defaultMessages,
      query.before ?? null,
    );
    return toConversationDetail(conversation, messages, before);
  }

  @SignedIn(...writers)
  @ApiOperation({ summary: 'Rename a conversation' })
  @Scope('visitor')
  @Patch(':id')
  @ApiOkResponse({ type: ConversationResponse })
  async rename(
    @CallerParam() caller: Caller,
    @ConversationIdParam() id: string,
    @Body() body: RenameConversationRequest,
  ): Promise<ConversationResponse> {
    return toConversation(await this.conversations.rename(caller, id, body.title));
  }

  @SignedIn(...writers)
  @ApiOperation({ summary: 'Delete a conversation', description: 'A running answer is dropped with it.' })
  @Scope('visitor')
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Deleted with its messages.' })
  async remove(@CallerParam() caller: Caller, @ConversationIdParam() id: string): Promise<void> {
    await this.conversations.remove(caller, id);
  }

  @ResumesAnswer('The answer from its start, on any instance.')
  @Scope('visitor')
  @Get(':id/stream')
  async resume(
    @CallerParam() caller: Caller,
    @ConversationIdParam() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!(await this.streams.resume(caller, id, reply))) await reply.code(204).send();
  }

  @SignedIn(...writers)
  @ApiOperation({ summary: 'Stop a running answer', description: 'What came of it is kept.' })
  @Scope('visitor')
  @Post(':id/stop')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'It ends within a second; or nothing was being answered there.' })
  async stop(@CallerParam() caller: Caller, @ConversationIdParam() id: string): Promise<void> {
    await this.conversations.get(caller, id);
    await this.chat.stop(caller, id);
  }

  @SignedIn(...writers)
  @ApiOperation({ summary: 'Say how an answer was' })
  @Scope('visitor')
  @Put(':id/messages/:message_id/feedback')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Kept with the answer.' })
  async rate(
    @CallerParam() caller: Caller,
    @ConversationIdParam() id: string,
    @MessageIdParam() messageId: string,
    @Body() body: RateAnswerRequest,
  ): Promise<void> {
    await this.conversations.rate(caller, id, messageId, body.feedback ?? null);
  }
}
