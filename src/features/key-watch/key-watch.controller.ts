import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OperatorAuth } from '../../guards/route/access.js';
import { KeyWatch } from './key-watch.service.js';
import { KeyReportResponse } from './key-watch.dto.js';
import { toKeyReport } from './key-watch.presenter.js';

@ApiTags('ops')
@OperatorAuth()
@Controller('ops/tokens')
export class KeyWatchController {
  constructor(private readonly watch: KeyWatch) {}

  @ApiOperation({
    summary: 'Get the ages of keys',
    description:
      'Age and end of every key and token in use, and what Meta says of the page. No key is shown.',
  })
  @Get()
  @ApiOkResponse({ type: KeyReportResponse })
  async read(): Promise<KeyReportResponse> {
    return toKeyReport(await this.watch.report());
  }
}
