import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { apiPrefix } from '../../../config/policy/http.js';
import { Open } from '../../guards/access.js';
import { Unlimited } from '../../guards/limit.js';
import { HealthService } from './health.service.js';

export class HealthResponse {
  @ApiProperty({ enum: ['healthy', 'degraded'] }) status!: 'healthy' | 'degraded';
  @ApiProperty({ description: 'Seconds since the start.' }) uptime_s!: number;
  @ApiProperty({ enum: ['enabled', 'disabled'] }) ai_status!: 'enabled' | 'disabled';
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
  @ApiOkResponse()
  async ready(
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ status: string; database: string }> {
    const database = await this.health.databaseAnswers();
    if (!database) void reply.code(503).header('retry-after', '2');
    return { status: database ? 'ready' : 'not_ready', database: database ? 'up' : 'down' };
  }
}
