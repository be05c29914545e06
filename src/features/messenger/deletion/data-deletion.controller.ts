import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { deletionPath } from '../../../../config/policy/perimeter/http.js';
import { Problem } from '../../../errors/problem.js';
import { Open, SignedBySender } from '../../../guards/route/access.js';
import { Limit } from '../../../guards/route/limit.js';
import { clientContextOf } from '../../../network/client-context.js';
import { IdParam } from '../../../perimeter/input/id-param.js';
import { RefusedWebhooks } from '../../../perimeter/limits/refused-webhooks.js';
import { DataDeletion } from './data-deletion.service.js';
import { DeletionReceipt, DescribeSignedForm } from './data-deletion.dto.js';
import { toDeletionWords } from './data-deletion.presenter.js';

/** Called by Meta for somebody who removes the app from an account and wants everything deleted; and read by that person. */
@ApiTags('webhooks')
@Controller(deletionPath)
export class DataDeletionController {
  constructor(
    private readonly deletion: DataDeletion,
    private readonly refused: RefusedWebhooks,
  ) {}

  @ApiOperation({
    summary: 'Receive a request for deletion',
    description: 'Signed by Meta within the form (signed_request).',
  })
  @Post()
  @SignedBySender()
  @HttpCode(200)
  @DescribeSignedForm()
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
      if (error instanceof Problem) await this.refused.take(request, reply);
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
    const text = toDeletionWords(await this.deletion.find(code));
    reply.type('text/plain; charset=utf-8');
    return text;
  }
}
