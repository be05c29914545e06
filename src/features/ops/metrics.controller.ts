import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags, ApiOperation, ApiNotFoundResponse, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { freeText } from '../../perimeter/output/properties.js';
import { OperatorAuth } from '../../guards/route/access.js';
import { Metrics } from '../../observability/metrics.js';
import { metricsText } from '../../observability/metrics-text.js';

@ApiTags('ops')
@OperatorAuth({ metricsToken: true })
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @ApiOperation({ summary: 'Get the metrics' })
  @Get()
  @ApiNotFoundResponse({
    description: 'METRICS_ENABLED is false.',
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: { route_not_found: { $ref: '#/components/examples/route_not_found' } },
      },
    },
  })
  @ApiProduces('text/plain', 'application/openmetrics-text')
  @ApiOkResponse({
    description:
      'The text format of Prometheus, version 0.0.4, or OpenMetrics 1.0.0 where Accept prefers it.',
    schema: { type: 'string', maxLength: 10_000_000, pattern: freeText },
  })
  async read(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { contentType, text } = await metricsText(this.metrics.registry, request.headers.accept);
    void reply.header('content-type', contentType);
    return text;
  }
}
