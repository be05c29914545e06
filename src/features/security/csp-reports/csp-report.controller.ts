import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiConsumes, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { cspReportPath, cspReportTypes } from '../../../../config/policy/perimeter/headers.js';
import { Open } from '../../../guards/route/access.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { violatedDirectives } from './csp-report.js';

/** What browsers report that broke the content security policy of a page. */
@ApiTags('security')
@Open()
@Controller(cspReportPath)
export class CspReportController {
  constructor(private readonly events: SecurityEvents) {}

  @Post()
  @HttpCode(204)
  @ApiConsumes(...cspReportTypes, 'application/json')
  @ApiNoContentResponse({ description: 'Heard, whatever it said.' })
  report(@Body() body: unknown, @Req() { clientAddress, id }: FastifyRequest): void {
    // Anybody may write here: of the report, only the name of the directive is believed and kept.
    for (const directive of violatedDirectives(body))
      this.events.record({
        event: 'malicious_csp_violation',
        level: 'LOW',
        text: 'BROWSER content security policy violated',
        sourceIp: clientAddress.ip,
        requestId: id,
        response: 'logged',
        details: { directive },
      });
  }
}
