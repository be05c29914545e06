import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { Open } from '../../guards/route/access.js';
import { Unlimited } from '../../guards/route/limit.js';
import { HealthResponse, ReadyResponse } from './health.dto.js';
import { toHealth, toReady } from './health.presenter.js';
import { HealthService } from './health.service.js';

@ApiTags('health')
@Open()
@Unlimited() // Probes of the platform must never be rate limited.
@Controller(['health', `${apiPrefix}/health`])
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get()
  @ApiOkResponse({ type: HealthResponse })
  async report(): Promise<HealthResponse> {
    return toHealth(await this.health.report());
  }

  /** Liveness: 200 while the process answers. */
  @Get('live')
  @HttpCode(200)
  @ApiOkResponse()
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** Readiness: 200 when everything that each request needs is available, else 503. */
  @Get('ready')
  @ApiOkResponse({ type: ReadyResponse })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadyResponse> {
    const ready = toReady(await this.health.readiness());
    if (ready.status === 'not_ready') void reply.code(503).header('retry-after', '2');
    return ready;
  }
}
