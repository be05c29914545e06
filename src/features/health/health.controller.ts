import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { Open } from '../../guards/route/access.js';
import { Unlimited } from '../../guards/route/limit.js';
import { HealthService } from './health.service.js';

export class HealthResponse {
  @ApiProperty({ enum: ['healthy', 'degraded'] }) status!: 'healthy' | 'degraded';
  @ApiProperty({ description: 'Seconds since the start.' }) uptime_s!: number;
  @ApiProperty({ enum: ['enabled', 'disabled'] }) ai_status!: 'enabled' | 'disabled';
}

export class ReadyResponse {
  @ApiProperty({ enum: ['ready', 'not_ready'] }) status!: 'ready' | 'not_ready';
  @ApiProperty({ enum: ['up', 'down'] }) database!: 'up' | 'down';
  @ApiProperty({ enum: ['up', 'down'], description: 'The feed of revocations.' }) revocations!: 'up' | 'down';
  @ApiProperty({ enum: ['up', 'down'], description: 'The shared counters; without them others count.' })
  counters!: 'up' | 'down';
}

@ApiTags('health')
@Open()
@Unlimited() // Probes of the platform must never be counted out.
@Controller(['health', `${apiPrefix}/health`])
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get()
  @ApiOkResponse({ type: HealthResponse })
  report(): Promise<HealthResponse> {
    return this.health.report();
  }

  /** The process answers. */
  @Get('live')
  @HttpCode(200)
  @ApiOkResponse()
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** What every request needs is there: 200, else 503. */
  @Get('ready')
  @ApiOkResponse({ type: ReadyResponse })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadyResponse> {
    const { database, revocations, counters } = await this.health.dependencies();
    const isReady = database && revocations;
    if (!isReady) void reply.code(503).header('retry-after', '2');
    return {
      status: isReady ? 'ready' : 'not_ready',
      database: wordOf(database),
      revocations: wordOf(revocations),
      counters: wordOf(counters),
    };
  }
}

const wordOf = (isThere: boolean): 'up' | 'down' => (isThere ? 'up' : 'down');
