import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiConsumes, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { cspReportPath, cspReportTypes } from '../../../../config/policy/perimeter/headers.js';
import { Open } from '../../../guards/route/access.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { violatedDirectives } from './csp-report.js';
import { ClientParam } from '../../../guards/route/client.js';
import type { ClientContext } from '../../../network/client-context.js';
import { cspViolated } from '../security.events.js';

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
  report(@Body() body: unknown, @ClientParam() client: ClientContext): void {
    // Anybody may write here: of the report, only the name of the directive is believed and kept.
    for (const directive of violatedDirectives(body)) cspViolated(this.events, client, directive);
  }
}
