import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { deletionPath } from '../../../../config/policy/perimeter/http.js';
import { Problem } from '../../../errors/problem.js';
import { Open, SignedBySender } from '../../../guards/route/access.js';
import { Limit } from '../../../guards/route/limit.js';
import { clientContextOf } from '../../../network/client-context.js';
import { IdParam } from '../../../perimeter/input/id-param.js';
import { RateLimiter } from '../../../perimeter/limits/rate-limiter.js';
import { TextProperty, UuidProperty } from '../../../perimeter/output/properties.js';
import { DataDeletion } from './data-deletion.service.js';
import type { Deletion } from './deletions.repository.js';

class DeletionReceipt {
  @TextProperty({ max: 2048, description: 'Where it says how far the request is.' }) url!: string;
  @UuidProperty() confirmation_code!: string;
}

/** Called by Meta for somebody who removes the app from an account and wants everything deleted; and read by that person. */
@ApiTags('webhooks')
@Controller(deletionPath)
export class DataDeletionController {
  constructor(
    private readonly deletion: DataDeletion,
    private readonly limiter: RateLimiter,
  ) {}

  @ApiOperation({
    summary: 'Receive a request for deletion',
    description: 'Signed by Meta within the form (signed_request).',
  })
  @Post()
  @SignedBySender()
  @HttpCode(200)
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['signed_request'],
      properties: {
        signed_request: { type: 'string', pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$', maxLength: 4096 },
      },
    },
  })
  @ApiOkResponse({ type: DeletionReceipt })
  async receive(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeletionReceipt> {
    try {
      const text = Buffer.from(request.rawBody ?? []).toString();
      const { code, url } = await this.deletion.receive(text, clientContextOf(request));
      return { url, confirmation_code: code };
    } catch (error) {
      if (error instanceof Problem)
        await this.limiter.take(
          [{ rule: 'api_standard', who: `webhooks:${request.clientAddress.key}` }],
          request,
          reply,
        );
      throw error;
    }
  }

  @ApiOperation({ summary: 'Read how far a request for deletion is' })
  @Get(':code')
  @Open()
  @Limit('api_standard')
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'In words.', schema: { type: 'string', maxLength: 1000, pattern: '^.*$' } })
  async read(
    @IdParam('code') code: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const text = wordsFor(await this.deletion.find(code));
    reply.type('text/plain; charset=utf-8');
    return text;
  }
}

/** Nothing is said to have been found that was not. */
function wordsFor({ state, forgotten, createdAt, settledAt }: Deletion): string {
  const received = `Your request was received on ${createdAt.toISOString()}.`;
  if (state === 'received') return `${received} It is being carried out.`;
  if (state === 'done' && (forgotten ?? 0) > 0)
    return `${received} What was stored of your conversations was deleted on ${settledAt?.toISOString() ?? ''}.`;
  const instead = 'To delete a conversation with a page, write "delete my data" to the page.';
  return state === 'done'
    ? `${received} Nothing was found that belongs to you. ${instead}`
    : `${received} Facebook did not tell us which conversations are yours. ${instead}`;
}
