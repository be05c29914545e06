import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { gatewayPolicy } from '../../../../config/policy/operations/webhooks.js';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { Problem } from '../../../errors/problem.js';
import { SignedBySender } from '../../../guards/route/access.js';
import { clientContextOf } from '../../../network/client-context.js';
import { RefusedWebhooks } from '../../../perimeter/limits/refused-webhooks.js';
import {
  AgentQuestionMessage,
  CreditsGrantedMessage,
  DescribeSignature,
  GatewayReceipt,
} from './gateway.dto.js';
import { GatewayService } from './gateway.service.js';
import type { SignedMessage } from './gateway-signature.js';

/** Called by other systems of the operator. */
@ApiTags('webhooks')
@SignedBySender()
@Controller(`${apiPrefix}/webhook/inbound`)
export class GatewayController {
  constructor(
    private readonly gateway: GatewayService,
    private readonly refused: RefusedWebhooks,
  ) {}

  @ApiOperation({
    summary: 'Receive a message of another system',
    description: 'Signed with WEBHOOK_GATEWAY_SECRET; the same message may come more than once.',
  })
  @Post()
  @HttpCode(200)
  @DescribeSignature()
  @ApiExtraModels(CreditsGrantedMessage, AgentQuestionMessage)
  @ApiBody({
    schema: {
      oneOf: [
        { $ref: '#/components/schemas/CreditsGrantedMessage' },
        { $ref: '#/components/schemas/AgentQuestionMessage' },
      ],
      example: {
        id: 'evt_01JDPQ',
        type: 'credits.granted',
        data: {
          user_id: '0193c1f0-7d1e-7cc0-9b57-2f7de54aa001',
          credits: 500,
          reason: 'order 1042',
        },
      },
    },
  })
  @ApiOkResponse({ type: GatewayReceipt })
  async receive(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GatewayReceipt> {
    const signed = signedOf(request);
    try {
      this.gateway.verify(signed, clientContextOf(request));
    } catch (error) {
      // Signed messages are not limited; refused ones are.
      if (error instanceof Problem) await this.refused.take(request, reply);
      throw error;
    }
    const { isNew, conversationId } = await this.gateway.receive(
      signed.body ?? new Uint8Array(),
      clientContextOf(request),
    );
    return {
      status: isNew ? 'accepted' : 'duplicate_event',
      ...(conversationId === null ? {} : { conversation_id: conversationId }),
    };
  }
}

function signedOf({ headers, rawBody }: FastifyRequest): SignedMessage {
  const [timestamp, signature] = [headers['x-agent-timestamp'], headers['x-agent-signature']].map((value) =>
    typeof value === 'string' && value.length <= gatewayPolicy.headerCharacters ? value : null,
  );
  return { timestamp: timestamp ?? null, signature: signature ?? null, body: rawBody ?? null };
}
