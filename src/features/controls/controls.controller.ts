import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { Admin } from '../../guards/route/admin.js';
import { CallerParam, type Caller } from '../../guards/route/caller.js';
import { ClientParam } from '../../guards/route/client.js';
import type { ClientContext } from '../../network/client-context.js';
import {
  AttestControlRequest,
  ControlResultResponse,
  ControlsResponse,
  RecordAuditRequest,
} from './controls.dto.js';
import { toControls, toResult } from './controls.presenter.js';
import { ControlsService } from './controls.service.js';

@ApiTags('admin')
@Admin()
@Controller(`${apiPrefix}/admin/controls`)
export class ControlsController {
  constructor(private readonly controls: ControlsService) {}

  @ApiOperation({
    summary: 'Read the controls',
    description:
      'What must be true of a deployment, as the service, its database and its records show it now: each with what was seen. What only ' +
      'answers over the network or the files of a checkout show, `npm run security:audit` adds.',
  })
  @Get()
  @ApiOkResponse({ type: ControlsResponse })
  async read(@ClientParam() client: ClientContext): Promise<ControlsResponse> {
    return toControls(await this.controls.read(client));
  }

  @ApiOperation({
    summary: 'Attest a control',
    description:
      'For what no program can see: that it is true at this moment. With who said so, an entry of the audit log; it has to be said again ' +
      'after the days that the control names.',
  })
  @Post('attestations')
  @ApiCreatedResponse({ type: ControlResultResponse })
  async attest(
    @CallerParam() caller: Caller,
    @Body() { control, note }: AttestControlRequest,
    @ClientParam() client: ClientContext,
  ): Promise<ControlResultResponse> {
    return toResult(await this.controls.attest(caller, control, note, client));
  }

  @ApiOperation({
    summary: 'Record a security audit',
    description:
      'How many lines were which, as `npm run security:audit` saw them: an entry of the audit log.',
  })
  @Post('audits')
  @ApiCreatedResponse({ type: ControlsResponse })
  async record(
    @CallerParam() caller: Caller,
    @Body() tally: RecordAuditRequest,
    @ClientParam() client: ClientContext,
  ): Promise<ControlsResponse> {
    return toControls(await this.controls.record(caller, tally, client));
  }
}
