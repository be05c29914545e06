import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { Admin } from '../../../guards/route/admin.js';
import { RetentionResponse } from './retention.dto.js';
import { RetentionReport } from './retention-report.service.js';

@ApiTags('admin')
@Admin()
@Controller(`${apiPrefix}/admin/privacy/retention`)
export class RetentionController {
  constructor(private readonly retention: RetentionReport) {}

  @ApiOperation({
    summary: 'See whether data is kept for longer than promised',
    description: 'The rules of retention, and what there is beyond them. It names nobody.',
  })
  @Get()
  @ApiOkResponse({ type: RetentionResponse })
  async report(): Promise<RetentionResponse> {
    return { data: await this.retention.report() };
  }
}
