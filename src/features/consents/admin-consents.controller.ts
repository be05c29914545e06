import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { Admin } from '../../guards/route/admin.js';
import { IdParam } from '../../perimeter/input/id-param.js';
import { AuditedRead } from '../audit/audited-read.service.js';
import { PrivacyChoicesResponse } from './consents.dto.js';
import { toPrivacyChoice } from './consents.presenter.js';
import { ConsentsService } from './consents.service.js';

@ApiTags('admin')
@Admin()
@Controller(`${apiPrefix}/admin/users`)
export class AdminConsentsController {
  constructor(private readonly consents: ConsentsService) {}

  @ApiOperation({
    summary: 'List what a person agreed to, refused or objected to',
    description: 'Every choice with its time and the hash of its text, the latest first: the proof.',
  })
  @AuditedRead({ what: 'privacy choices', of: 'account' })
  @Get(':id/privacy-choices')
  @ApiOkResponse({ type: PrivacyChoicesResponse, description: 'At most the latest 200.' })
  async history(@IdParam() id: string): Promise<PrivacyChoicesResponse> {
    return { data: (await this.consents.historyOf(id)).map(toPrivacyChoice) };
  }
}
