import { Body, Controller, Delete, Get, HttpCode, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags, ApiOperation } from '@nestjs/swagger';
import { AuditedRead } from '../audit/audited-read.service.js';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { Admin } from '../../guards/route/admin.js';
import { CallerParam, type Caller } from '../../guards/route/caller.js';
import { IdParam } from '../../perimeter/input/id-param.js';
import { SessionsResponse } from '../accounts/sessions/sessions.dto.js';
import { toSessionList } from '../accounts/sessions/sessions.presenter.js';
import {
  ChangeUserRequest,
  ListUsersQuery,
  ManagedUserResponse,
  ManagedUsersPage,
} from './admin-users.dto.js';
import { AdminUsersService, type ManagedUser } from './admin-users.service.js';
import { ClientParam } from '../../guards/route/client.js';
import type { ClientContext } from '../../network/client-context.js';
import { toPageRequest } from '../../perimeter/input/page-query.js';

@ApiTags('admin')
@Admin()
@Controller(`${apiPrefix}/admin/users`)
export class AdminUsersController {
  constructor(private readonly users: AdminUsersService) {}

  @ApiOperation({ summary: 'List accounts' })
  @AuditedRead({ what: 'accounts', of: 'many' })
  @Get()
  @ApiOkResponse({ type: ManagedUsersPage, description: 'Everybody, the newest first.' })
  async list(@Query() query: ListUsersQuery): Promise<ManagedUsersPage> {
    const filter = { emailPrefix: query.email ?? null, role: query.role ?? null };
    const page = await this.users.list(filter, toPageRequest(query));
    return { data: page.items.map(toManagedUser), next_cursor: page.nextCursor };
  }

  @ApiOperation({ summary: 'Get an account' })
  @AuditedRead({ what: 'account', of: 'account' })
  @Get(':id')
  @ApiOkResponse({ type: ManagedUserResponse })
  async get(@IdParam() id: string): Promise<ManagedUserResponse> {
    return toManagedUser(await this.users.get(id));
  }

  @ApiOperation({
    summary: 'Change the role of an account, or disable it',
    description: 'Every session, token and API key of the account ends with either.',
  })
  @Put(':id')
  @ApiOkResponse({ type: ManagedUserResponse, description: 'As it stands now; what is left out stays.' })
  async change(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Body() body: ChangeUserRequest,
    @ClientParam() client: ClientContext,
  ): Promise<ManagedUserResponse> {
    const change = { role: body.role ?? null, disabled: body.disabled ?? null };
    return toManagedUser(await this.users.change(caller, id, change, client));
  }

  @ApiOperation({ summary: 'List the sessions of an account' })
  @AuditedRead({ what: 'sessions', of: 'account' })
  @Get(':id/sessions')
  @ApiOkResponse({ type: SessionsResponse, description: 'Living sessions, most recently used first.' })
  async sessions(@CallerParam() caller: Caller, @IdParam() id: string): Promise<SessionsResponse> {
    return toSessionList(await this.users.listSessions(id), caller);
  }

  @ApiOperation({ summary: 'End every session of an account' })
  @Delete(':id/sessions')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Every session and token of the person has ended.' })
  async endSessions(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @ClientParam() client: ClientContext,
  ): Promise<void> {
    await this.users.endSessions(caller, id, client);
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
