import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { auditPolicy } from '../../../../config/policy/operations/audit.js';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { Admin } from '../../../guards/route/admin.js';
import { ClientParam } from '../../../guards/route/client.js';
import type { ClientContext } from '../../../network/client-context.js';
import { toPageRequest } from '../../../perimeter/input/page-query.js';
import { freeText } from '../../../perimeter/output/properties.js';
import { CheckpointsService } from '../checkpoints/checkpoints.service.js';
import { AuditCheckService } from './audit-check.service.js';
import { exportLines } from './audit-export.js';
import { AuditReadingService } from './audit-reading.service.js';
import {
  AuditCheckResponse,
  AuditPage,
  CheckpointResponse,
  ExportAuditQuery,
  ListAuditQuery,
  VerifyAuditRequest,
} from './audit.dto.js';
import { toCheck, toCheckpoint, toEntry, toFilter } from './audit.presenter.js';

/** Default page size. */
const pageSize = 50;
const mediaTypes = { jsonl: 'application/jsonl', csv: 'text/csv; charset=utf-8' } as const;

@ApiTags('audit')
@Admin()
@Controller(`${apiPrefix}/admin/audit`)
export class AuditController {
  constructor(
    private readonly reading: AuditReadingService,
    private readonly checks: AuditCheckService,
    private readonly checkpoints: CheckpointsService,
  ) {}

  @ApiOperation({ summary: 'List the audit log', description: 'That it was read is an entry of its own.' })
  @Get()
  @ApiOkResponse({ type: AuditPage, description: 'The newest first.' })
  async list(@Query() query: ListAuditQuery, @ClientParam() client: ClientContext): Promise<AuditPage> {
    const page = await this.reading.list(toFilter(query), toPageRequest(query, pageSize), client);
    return { data: page.items.map(toEntry), next_cursor: page.nextCursor };
  }

  @ApiOperation({
    summary: 'Export the audit log',
    description:
      'In the order of time, as a file. Without `details` what entries say stays sealed. A file that ends early was not all.',
  })
  @Get('export')
  @ApiProduces('application/jsonl', 'text/csv')
  @ApiOkResponse({ schema: { type: 'string', maxLength: 10_000_000_000, pattern: freeText } })
  async export(
    @Query() query: ExportAuditQuery,
    @ClientParam() client: ClientContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { format, details } = query;
    const entries = await this.reading.export(toFilter(query), details === 'true', client);
    const lines = Readable.from(exportLines(format, entries), { objectMode: false });
    // Whoever does not read holds a cursor of the database, and no longer than this.
    const deadline = setTimeout(() => reply.raw.destroy(), auditPolicy.exportSendMs).unref();
    reply.raw.once('close', () => {
      clearTimeout(deadline);
      lines.destroy();
    });
    await reply
      .header('content-type', mediaTypes[format])
      .header('content-disposition', `attachment; filename="audit.${format}"`)
      .send(lines);
  }

  @ApiOperation({
    summary: 'Verify the audit log',
    description: 'For some seconds; go on with `next_stream` until that is null. As `npm run audit:verify`.',
  })
  @Post('verify')
  @HttpCode(200)
  @ApiOkResponse({ type: AuditCheckResponse })
  async verify(@Body() { from_stream: fromStream }: VerifyAuditRequest): Promise<AuditCheckResponse> {
    return toCheck(await this.checks.verify(fromStream ?? 0));
  }

  @ApiOperation({
    summary: 'Take a checkpoint of the audit log',
    description: 'Signed, for a copy elsewhere: it shows later what was there.',
  })
  @Post('checkpoints')
  @ApiCreatedResponse({ type: CheckpointResponse })
  async checkpoint(): Promise<CheckpointResponse> {
    return toCheckpoint(await this.checkpoints.take(), await this.checkpoints.verifierKey());
  }
}
