import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { messengerPath } from '../../../../config/policy/perimeter/http.js';
import { Problem } from '../../../errors/problem.js';
import { SignedBySender } from '../../../guards/route/access.js';
import { clientContextOf } from '../../../network/client-context.js';
import { RefusedWebhooks } from '../../../perimeter/limits/refused-webhooks.js';
import { DescribeMessengerSignature, DescribeVerification, MessengerReceipt } from './messenger.dto.js';
import { MessengerWebhook } from './messenger-webhook.service.js';

/** Read once its signature is verified. */
const batchBody = { type: 'object', maxProperties: 100, additionalProperties: true } as const;

/** Called by Meta for the pages that are subscribed to. */
@ApiTags('webhooks')
@SignedBySender()
@Controller(messengerPath)
export class MessengerController {
  constructor(
    private readonly webhook: MessengerWebhook,
    private readonly refused: RefusedWebhooks,
  ) {}

  @ApiOperation({
    summary: 'Confirm the subscription of a page',
    description: 'Asked by Meta once, with FACEBOOK_VERIFY_TOKEN; answered by the digits that it sends.',
  })
  @Get()
  @DescribeVerification()
  @ApiProduces('text/plain')
  @ApiOkResponse({
    description: 'The challenge.',
    schema: { type: 'string', pattern: '^[0-9]+$', maxLength: messengerPolicy.challengeDigits },
  })
  async verify(
    @Query('hub.mode') mode: unknown,
    @Query('hub.verify_token') token: unknown,
    @Query('hub.challenge') challenge: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const echoed = this.webhook.confirm(mode, token, challenge);
    if (echoed === null) {
      await this.refused.take(request, reply);
      throw new Problem('signature_invalid');
    }
    reply.type('text/plain; charset=utf-8');
    return echoed;
  }

  @ApiOperation({
    summary: 'Receive messages of Messenger',
    description:
      'Signed by Meta with HMAC-SHA-256 over the raw body; the same message may come more than once.',
  })
  @Post()
  @HttpCode(200)
  @DescribeMessengerSignature()
  @ApiBody({ schema: batchBody })
  @ApiOkResponse({ type: MessengerReceipt })
  async receive(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MessengerReceipt> {
    const client = clientContextOf(request);
    const { 'x-hub-signature-256': signature } = request.headers;
    try {
      this.webhook.verify(typeof signature === 'string' ? signature : null, request.rawBody ?? null, client);
    } catch (error) {
      // Signed batches are not limited; refused ones are.
      if (error instanceof Problem) await this.refused.take(request, reply);
      throw error;
    }
    await this.webhook.receive(request.rawBody ?? new Uint8Array(), client);
    return { status: 'accepted' };
  }
}
