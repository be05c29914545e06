import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { Problem } from '../../errors/problem.js';
import { Admin } from '../../guards/route/admin.js';
import { ClientParam } from '../../guards/route/client.js';
import type { ClientContext } from '../../network/client-context.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { IdParam } from '../../perimeter/input/id-param.js';
import { DeadJobs } from './dead-jobs.js';
import { DeadJobsPage, DeadJobsQuery } from './jobs.dto.js';
import { jobReplayed } from './jobs.events.js';
import { toDeadJob } from './jobs.presenter.js';

const defaultJobs = 20;

@ApiTags('admin')
@Admin()
@Controller(`${apiPrefix}/admin/jobs`)
export class JobsController {
  constructor(
    private readonly jobs: DeadJobs,
    private readonly events: SecurityEvents,
  ) {}

  @ApiOperation({
    summary: 'List jobs that failed for good',
    description: 'The latest first: replies of Messenger that were not sent, or of which nobody knows it.',
  })
  @Get()
  @ApiOkResponse({ type: DeadJobsPage })
  async list(@Query() { limit, cursor }: DeadJobsQuery): Promise<DeadJobsPage> {
    const page = await this.jobs.list({ limit: limit ?? defaultJobs, cursor: cursor ?? null });
    return { data: page.items.map(toDeadJob), next_cursor: page.nextCursor };
  }

  @ApiOperation({
    summary: 'Have a job done again',
    description:
      'One whose end is unknown may be done twice. A reply is sent within 24 hours of the person’s last message.',
  })
  @Post(':id/replay')
  @HttpCode(202)
  @ApiAcceptedResponse({ description: 'It is tried again.' })
  async replay(@IdParam() id: string, @ClientParam() client: ClientContext): Promise<void> {
    if (!(await this.jobs.replay(id))) throw new Problem('not_found');
    jobReplayed(this.events, client, id);
  }
}
