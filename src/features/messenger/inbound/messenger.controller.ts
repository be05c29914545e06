import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { messengerPath } from '../../../../config/policy/perimeter/http.js';
import { Problem } from '../../../errors/problem.js';
import { SignedBySender } from '../../../guards/route/access.js';
import { clientContextOf } from '../../../network/client-context.js';
import { RateLimiter } from '../../../perimeter/limits/rate-limiter.js';
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
    private readonly limiter: RateLimiter,
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
    schema: { type: 'string', pattern: '^[0-9]{1,30}$', maxLength: 30 },
  })
  async verify(
    @Query('hub.mode') mode: unknown,
    @Query('hub.verify_token') token: unknown,
    @Query('hub.challenge') challenge: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const isOurs = typeof token === 'string' && token.length <= 200 && this.webhook.isOurs(token);
    // Digits alone: nothing of what somebody sends is shown as a page of ours.
    if (!isOurs || mode !== 'subscribe' || typeof challenge !== 'string' || !/^\d{1,30}$/.test(challenge)) {
      await this.limit(request, reply);
      throw new Problem('signature_invalid');
    }
    reply.type('text/plain; charset=utf-8');
    return challenge;
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
      if (error instanceof Problem) await this.limit(request, reply);
      throw error;
    }
    await this.webhook.receive(request.rawBody ?? new Uint8Array(), client);
    return { status: 'accepted' };
  }

  private async limit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.limiter.take(
      [{ rule: 'api_standard', who: `webhooks:${request.clientAddress.key}` }],
      request,
      reply,
    );
  }
}
