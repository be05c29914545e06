import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags, ApiOperation } from '@nestjs/swagger';
import { OperatorAuth } from '../../guards/route/access.js';
import { TelemetryResponse } from './telemetry.dto.js';
import { TelemetryService } from './telemetry.service.js';
import { toTelemetry } from './telemetry.presenter.js';

@ApiTags('ops')
@OperatorAuth()
@Controller('ops/telemetry')
export class TelemetryController {
  constructor(private readonly telemetry: TelemetryService) {}

  @ApiOperation({
    summary: 'Get telemetry',
    description: 'Counts since the start of this instance, and the state of what it depends on.',
  })
  @Get()
  @ApiOkResponse({ type: TelemetryResponse, description: 'Of this instance, since its start.' })
  read(): TelemetryResponse {
    return toTelemetry(this.telemetry.read());
  }
}
