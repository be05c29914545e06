import { Controller, Delete, Get, HttpCode, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { IdParam } from '../../../perimeter/input/id-param.js';
import { SessionsResponse, toSessionList } from './session-list.js';
import { SessionsService } from './sessions.service.js';
import { clientContextOf } from '../client/client-context.js';

@ApiTags('auth')
@SignedIn()
@Controller(`${apiPrefix}/auth/sessions`)
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @ApiOkResponse({ type: SessionsResponse, description: 'Living sessions, most recently used first.' })
  async list(@CallerParam() caller: Caller): Promise<SessionsResponse> {
    return toSessionList(await this.sessions.list(caller), caller);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'The session has ended, and its tokens are dead.' })
  async end(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.sessions.endOne(caller, id, clientContextOf(request));
  }
}
