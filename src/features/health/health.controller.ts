import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags, ApiOperation, ApiServiceUnavailableResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { Open } from '../../guards/route/access.js';
import { Unlimited } from '../../guards/route/limit.js';
import { HealthResponse, LiveResponse, ReadyResponse } from './health.dto.js';
import { toHealth, toReady } from './health.presenter.js';
import { HealthService } from './health.service.js';

@ApiTags('health')
@Open()
@Unlimited() // Probes of the platform must never be rate limited.
@Controller(['health', `${apiPrefix}/health`])
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @ApiOperation({
    summary: 'Get the health of the service',
    description: 'For people and monitors: degraded while something is away that not every request needs.',
  })
  @Get()
  @ApiOkResponse({ type: HealthResponse })
  async report(): Promise<HealthResponse> {
    return toHealth(await this.health.report());
  }

  /** Liveness: 200 while the process answers. */
  @ApiOperation({ summary: 'Liveness probe', description: '200 while the process answers.' })
  @Get('live')
  @HttpCode(200)
  @ApiOkResponse({ type: LiveResponse })
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** Readiness: 200 when everything that each request needs is available, else 503. */
  @ApiOperation({
    summary: 'Readiness probe',
    description: '200 while everything that each request needs is available.',
  })
  @Get('ready')
  @ApiOkResponse({ type: ReadyResponse })
  @ApiServiceUnavailableResponse({
    type: ReadyResponse,
    description: 'Something that each request needs is not available.',
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadyResponse> {
    const ready = toReady(await this.health.readiness());
    if (ready.status === 'not_ready') void reply.code(503).header('retry-after', '2');
    return ready;
  }
}
