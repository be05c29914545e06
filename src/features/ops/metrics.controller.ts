import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags, ApiOperation, ApiNotFoundResponse, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { freeText } from '../../perimeter/output/properties.js';
import { OperatorAuth } from '../../guards/route/access.js';
import { Metrics } from '../../observability/metrics.js';

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
  @ApiProduces('text/plain')
  @ApiOkResponse({
    description: 'The text format of Prometheus, version 0.0.4.',
    schema: { type: 'string', maxLength: 10_000_000, pattern: freeText },
  })
  async read(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.header('content-type', this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }
}
