import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiNoContentResponse, ApiTags, ApiOperation } from '@nestjs/swagger';
import { cspReportPath, cspReportTypes } from '../../../../config/policy/perimeter/headers.js';
import { OpaqueBody, Open } from '../../../guards/route/access.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { violatedDirectives } from './csp-report.js';
import { ClientParam } from '../../../guards/route/client.js';
import type { ClientContext } from '../../../network/client-context.js';
import { cspViolated } from '../security.events.js';

/** As browsers send it: an object, or with the Reporting API a list. Anything is accepted. */
const report = {
  anyOf: [
    { type: 'object', maxProperties: 100, additionalProperties: true },
    { type: 'array', maxItems: 100, items: {} },
  ],
};

/** Receives violation reports of the content security policy from browsers. */
@ApiTags('security')
@Open()
@OpaqueBody()
@Controller(cspReportPath)
export class CspReportController {
  constructor(private readonly events: SecurityEvents) {}

  @ApiOperation({
    summary: 'Report a violation of the content security policy',
    description: 'Sent by browsers.',
  })
  @Post()
  @HttpCode(204)
  @ApiConsumes(...cspReportTypes, 'application/json')
  @ApiBody({ schema: report })
  @ApiNoContentResponse({ description: 'Received, whatever its content.' })
  report(@Body() body: unknown, @ClientParam() client: ClientContext): void {
    // The route is public, so reports are not trusted: only the name of the directive is stored.
    for (const directive of violatedDirectives(body)) cspViolated(this.events, client, directive);
  }
}
