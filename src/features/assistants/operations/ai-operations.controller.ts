import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OperatorAuth } from '../../../guards/route/access.js';
import { ClientParam } from '../../../guards/route/client.js';
import type { ClientContext } from '../../../network/client-context.js';
import { AiPingResponse, AiStatusResponse } from './ai-operations.dto.js';
import { toAiPing, toAiStatus } from './ai-operations.presenter.js';
import { AiOperations } from './ai-operations.service.js';

@ApiTags('ops')
@OperatorAuth()
@Controller('ops/ai')
export class AiOperationsController {
  constructor(private readonly operations: AiOperations) {}

  @ApiOperation({
    summary: 'Get the state of AI',
    description: 'The kill switch, who answers, and what language models have cost against their budgets.',
  })
  @Get('status')
  @ApiOkResponse({ type: AiStatusResponse })
  async status(): Promise<AiStatusResponse> {
    return toAiStatus(await this.operations.status());
  }

  @ApiOperation({
    summary: 'Ask the language model whether it answers',
    description:
      'A call like any other: behind the kill switch, counted against limits and budgets, and within AI_TIMEOUT_MS.',
  })
  @Get('ping')
  @ApiOkResponse({ type: AiPingResponse })
  async ping(@ClientParam() client: ClientContext): Promise<AiPingResponse> {
    return toAiPing(await this.operations.ping(client));
  }
}
