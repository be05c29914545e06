import { Body, Controller, Delete, Get, HttpCode, Put, Query, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { Admin } from '../../guards/route/admin.js';
import { CallerParam, type Caller } from '../../guards/route/caller.js';
import { IdParam } from '../../perimeter/input/id-param.js';
import { SessionsResponse, toSessionList } from '../accounts/sessions/session-list.js';
import { clientContextOf } from '../accounts/client/client-context.js';
import {
  ChangeUserRequest,
  ListUsersQuery,
  ManagedUserResponse,
  ManagedUsersPage,
} from './admin-users.dto.js';
import { AdminUsersService, type ManagedUser } from './admin-users.service.js';

const defaultPage = 20;

@ApiTags('admin')
@Admin()
@Controller(`${apiPrefix}/admin/users`)
export class AdminUsersController {
  constructor(private readonly users: AdminUsersService) {}

  @Get()
  @ApiOkResponse({ type: ManagedUsersPage, description: 'Everybody, the newest first.' })
  async list(@Query() query: ListUsersQuery): Promise<ManagedUsersPage> {
    const { page, nextCursor } = await this.users.list(
      { emailPrefix: query.email ?? null, role: query.role ?? null },
      query.limit ?? defaultPage,
      query.cursor ?? null,
    );
    return { data: page.map(toManagedUser), next_cursor: nextCursor };
  }

  @Get(':id')
  @ApiOkResponse({ type: ManagedUserResponse })
  async get(@IdParam() id: string): Promise<ManagedUserResponse> {
    return toManagedUser(await this.users.get(id));
  }

  @Put(':id')
  @ApiOkResponse({ type: ManagedUserResponse, description: 'As it stands now; what is left out stays.' })
  async change(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Body() body: ChangeUserRequest,
    @Req() request: FastifyRequest,
  ): Promise<ManagedUserResponse> {
    const change = { role: body.role ?? null, disabled: body.disabled ?? null };
    return toManagedUser(await this.users.change(caller, id, change, clientContextOf(request)));
  }

  @Get(':id/sessions')
  @ApiOkResponse({ type: SessionsResponse, description: 'Living sessions, most recently used first.' })
  async sessions(@CallerParam() caller: Caller, @IdParam() id: string): Promise<SessionsResponse> {
    return toSessionList(await this.users.listSessions(id), caller);
  }

  @Delete(':id/sessions')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Every session and token of the person has ended.' })
  async endSessions(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.users.endSessions(caller, id, clientContextOf(request));
  }
}

const toManagedUser = ({ user, mfaEnabled }: ManagedUser): ManagedUserResponse => ({
  id: user.id,
  email: user.email,
  full_name: user.fullName,
  role: user.role,
  mfa_enabled: mfaEnabled,
  credits_balance: user.creditsBalance,
  disabled_at: user.disabledAt?.toISOString() ?? null,
  created_at: user.createdAt.toISOString(),
});
