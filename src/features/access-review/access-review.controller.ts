import { Body, Controller, Get, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { Admin } from '../../guards/route/admin.js';
import { CallerParam, type Caller } from '../../guards/route/caller.js';
import { ClientParam } from '../../guards/route/client.js';
import type { ClientContext } from '../../network/client-context.js';
import { freeText } from '../../perimeter/output/properties.js';
import { Clock } from '../../ports/clock.js';
import { AuditedRead } from '../audit/audited-read.service.js';
import { AccessReviewResponse, AttestAccessRequest } from './access-review.dto.js';
import { toAccessReview, toCsv } from './access-review.presenter.js';
import { AccessReviewService } from './access-review.service.js';

@ApiTags('admin')
@Admin()
@Controller(`${apiPrefix}/admin/access-review`)
export class AccessReviewController {
  constructor(
    private readonly reviews: AccessReviewService,
    private readonly clock: Clock,
  ) {}

  @ApiOperation({
    summary: 'Review who may do what',
    description:
      'Administrators with their factor and last use, API keys that nobody uses, and when that was last attested.',
  })
  @AuditedRead({ what: 'access review', of: 'many' })
  @Get()
  @ApiOkResponse({ type: AccessReviewResponse })
  async read(): Promise<AccessReviewResponse> {
    return toAccessReview(await this.reviews.read(), this.clock.now());
  }

  @ApiOperation({ summary: 'Export the review as CSV', description: 'Administrators, then stale keys.' })
  @AuditedRead({ what: 'access review', of: 'many' })
  @Get('export')
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string', maxLength: 10_000_000, pattern: freeText } })
  async export(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const review = toAccessReview(await this.reviews.read(), this.clock.now());
    void reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="access-review.csv"');
    return toCsv(review);
  }

  @ApiOperation({
    summary: 'Attest that access was reviewed',
    description:
      'With who did it, when, and how many administrators and stale keys there were: an entry of the audit log.',
  })
  @Post('attestations')
  @ApiCreatedResponse({ type: AccessReviewResponse })
  async attest(
    @CallerParam() caller: Caller,
    @Body() { note }: AttestAccessRequest,
    @ClientParam() client: ClientContext,
  ): Promise<AccessReviewResponse> {
    return toAccessReview(await this.reviews.attest(caller, note, client), this.clock.now());
  }
}
