import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { auditPolicy } from '../../../../config/policy/operations/audit.js';
import { Problem } from '../../../errors/problem.js';
import { Open } from '../../../guards/route/access.js';
import { freeText } from '../../../perimeter/output/properties.js';
import { CheckpointsService } from './checkpoints.service.js';

/** The latest checkpoint of the audit log, for whoever keeps copies of it. */
@ApiTags('audit')
@Open()
@Controller('.well-known')
export class CheckpointController {
  constructor(private readonly checkpoints: CheckpointsService) {}

  @ApiOperation({
    summary: 'Get the latest checkpoint of the audit log',
    description:
      'A signed note of a transparency log: origin, size, root, time and the hash of the one before.',
  })
  @Get('velro-audit-checkpoint')
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string', maxLength: 2000, pattern: freeText } })
  async latest(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const note = await this.checkpoints.latestNote();
    if (note === null) throw new Problem('not_found');
    void reply
      .type('text/plain; charset=utf-8')
      .header('cache-control', `public, max-age=${auditPolicy.checkpointShownMs / 1000}`);
    return note;
  }
}
