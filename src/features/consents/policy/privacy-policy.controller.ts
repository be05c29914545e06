import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { Problem } from '../../../errors/problem.js';
import { Open } from '../../../guards/route/access.js';
import { PrivacyPolicyQuery, PrivacyPolicyResponse } from './privacy-policy.dto.js';
import { PolicyTexts } from './policy-texts.js';

@ApiTags('privacy')
@Open()
@Controller(`${apiPrefix}/privacy/policy`)
export class PrivacyPolicyController {
  constructor(private readonly texts: PolicyTexts) {}

  @ApiOperation({
    summary: 'Get the privacy policy',
    description:
      'To show it, and to say by its version and hash what was agreed to. As a page it is at /privacy.',
  })
  @Get()
  @ApiOkResponse({ type: PrivacyPolicyResponse })
  find(@Query() { version }: PrivacyPolicyQuery): PrivacyPolicyResponse {
    const found = this.texts.find(version ?? null);
    if (found === null) throw new Problem('not_found');
    const { policy, markdown, hash } = found;
    return {
      version: policy.version,
      versions: [...this.texts.versions],
      text: markdown,
      text_sha256: hash.toString('hex'),
    };
  }
}
