import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { ClientParam } from '../../../guards/route/client.js';
import { StepUp } from '../../../guards/route/step-up.js';
import type { ClientContext } from '../../../network/client-context.js';
import { IdParam } from '../../../perimeter/input/id-param.js';
import { DataExportResponse } from './data-export.dto.js';
import { toDataExport } from './data-export.presenter.js';
import { DataExportService } from './data-export.service.js';

@ApiTags('privacy')
@SignedIn()
@StepUp()
@Controller(`${apiPrefix}/privacy/export`)
export class DataExportController {
  constructor(private readonly exports: DataExportService) {}

  @ApiOperation({
    summary: 'Export your data',
    description:
      'All that the service has of you, as zips of JSON, pages to read, and your files. While one is at work, it is the answer.',
  })
  @Post()
  @HttpCode(202)
  @ApiAcceptedResponse({
    type: DataExportResponse,
    description: 'It is made in the background; a mail says when it is ready.',
  })
  async request(
    @CallerParam() caller: Caller,
    @ClientParam() client: ClientContext,
  ): Promise<DataExportResponse> {
    return toDataExport({ export: await this.exports.request(caller, client), parts: [] });
  }

  @ApiOperation({ summary: 'Get an export', description: 'With links to its parts once it is ready.' })
  @Get(':id')
  @ApiOkResponse({ type: DataExportResponse })
  async find(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @ClientParam() client: ClientContext,
  ): Promise<DataExportResponse> {
    return toDataExport(await this.exports.find(caller, id, client));
  }
}
