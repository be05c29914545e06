import { Controller, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { Problem } from '../../../errors/problem.js';
import { SignedBySender } from '../../../guards/route/access.js';
import { RateLimiter } from '../../../perimeter/limits/rate-limiter.js';
import type { SignedCallback } from '../../../ports/callback-signatures.js';
import { CallbackRefused, CallbacksService } from './callbacks.service.js';
import { isUuid } from '../../../crypto/uuid.js';
import { clientContextOf } from '../../../network/client-context.js';

/** The longest header or parameter that is read, in characters. */
const longest = 256;

/** Called by the generation provider about a submitted job. */
@ApiTags('webhooks')
@SignedBySender()
@Controller(`${apiPrefix}/webhooks/fal`)
export class CallbacksController {
  constructor(
    private readonly callbacks: CallbacksService,
    private readonly limiter: RateLimiter,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiQuery({ name: 'job', description: 'Ours: whose callback this is.' })
  @ApiQuery({ name: 'proof', description: 'Ours: that we gave out this link.' })
  @ApiHeader({ name: 'X-Fal-Webhook-Signature', description: 'Ed25519 over id, user, time and body hash.' })
  @ApiOkResponse({ description: 'Received, for the first time or again.' })
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
      await this.limiter.take(
        [{ rule: 'api_standard', who: `webhooks:${request.clientAddress.key}` }],
        request,
        reply,
      );
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
  typeof value === 'string' && value.length > 0 && value.length <= longest ? value : null;
