import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags, ApiOperation } from '@nestjs/swagger';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { IdParam } from '../../../perimeter/input/id-param.js';
import { SessionTermination } from './session-termination.js';
import { SessionsResponse } from './sessions.dto.js';
import { toSessionList } from './sessions.presenter.js';
import { SessionsService } from './sessions.service.js';
import { ClientParam } from '../../../guards/route/client.js';
import type { ClientContext } from '../../../network/client-context.js';

@ApiTags('auth')
@SignedIn()
@Controller(`${apiPrefix}/auth/sessions`)
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly termination: SessionTermination,
  ) {}

  @ApiOperation({ summary: 'List your sessions' })
  @Get()
  @ApiOkResponse({ type: SessionsResponse, description: 'Living sessions, most recently used first.' })
  async list(@CallerParam() caller: Caller): Promise<SessionsResponse> {
    return toSessionList(await this.sessions.list(caller), caller);
  }

  @ApiOperation({ summary: 'End one of your sessions' })
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'The session has ended, and its tokens are dead.' })
  async end(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @ClientParam() client: ClientContext,
  ): Promise<void> {
    await this.termination.endOne(caller, id, client);
  }
}
