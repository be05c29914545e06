import { Controller, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { Problem } from '../../../errors/problem.js';
import { SignedBySender } from '../../../guards/route/access.js';
import { RefusedWebhooks } from '../../../perimeter/limits/refused-webhooks.js';
import type { SignedCallback } from '../../../ports/callback-signatures.js';
import { CallbackReceivedResponse, DescribeCallback, longestWord } from './callbacks.dto.js';
import { CallbackRefused, CallbacksService } from './callbacks.service.js';
import { isUuid } from '../../../crypto/uuid.js';
import { clientContextOf } from '../../../network/client-context.js';

/** Read once its signature is verified. */
const callbackBody = { type: 'object', maxProperties: 100, additionalProperties: true } as const;

/** Called by the generation provider about a submitted job. */
@ApiTags('webhooks')
@SignedBySender()
@Controller(`${apiPrefix}/webhooks/fal`)
export class CallbacksController {
  constructor(
    private readonly callbacks: CallbacksService,
    private readonly refused: RefusedWebhooks,
  ) {}

  @ApiOperation({
    summary: 'Receive a callback of fal',
    description: 'Signed by fal with Ed25519; the same callback may come more than once.',
  })
  @Post()
  @HttpCode(200)
  @DescribeCallback()
  @ApiBody({ schema: callbackBody })
  @ApiOkResponse({ type: CallbackReceivedResponse, description: 'Received, for the first time or again.' })
  async receive(
    @Query('job') job: unknown,
    @Query('proof') proof: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ received: true }> {
    try {
      await this.callbacks.receive({
        job: isUuid(job) ? job : null,
        proof: word(proof),
        signed: signedOf(request),
      });
    } catch (error) {
      if (!(error instanceof Problem && error.status < 500) && !(error instanceof CallbackRefused))
        throw error;
      // Valid callbacks are not limited; refused ones are rate limited, and recorded while under the limit.
      await this.refused.take(request, reply);
      if (error instanceof Problem) throw error;
      this.callbacks.recordRefusal(error, clientContextOf(request));
      throw new Problem('signature_invalid');
    }
    return { received: true };
  }
}

function signedOf({ headers, rawBody }: FastifyRequest): SignedCallback | null {
  const [requestId, userId, timestamp, signature] = ['request-id', 'user-id', 'timestamp', 'signature'].map(
    (name) => word(headers[`x-fal-webhook-${name}`]),
  );
  if (!requestId || !userId || !timestamp || !signature || rawBody === undefined) return null;
  return { requestId, userId, timestamp, signature, body: rawBody };
}

const word = (value: unknown): string | null =>
  typeof value === 'string' && value.length > 0 && value.length <= longestWord ? value : null;
