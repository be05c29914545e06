import { Body, Controller, Delete, Get, HttpCode, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditedRead } from '../../audit/audited-read.service.js';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { Admin } from '../../../guards/route/admin.js';
import { ClientParam } from '../../../guards/route/client.js';
import type { ClientContext } from '../../../network/client-context.js';
import { IdParam } from '../../../perimeter/input/id-param.js';
import {
  ChangePersonRequest,
  ChoosePageAgentRequest,
  ListPeopleQuery,
  MessengerPeoplePage,
  MessengerPersonResponse,
  PageAgentsResponse,
} from './admin-messenger.dto.js';
import { toMessengerPerson, toPageAgent } from './admin-messenger.presenter.js';
import { AdminMessengerService } from './admin-messenger.service.js';

const defaultPeople = 20;

@ApiTags('admin')
@Admin()
@Controller(`${apiPrefix}/admin/messenger`)
export class AdminMessengerController {
  constructor(private readonly messenger: AdminMessengerService) {}

  @ApiOperation({
    summary: 'List the people who write to pages',
    description: 'The latest first, by their pseudonyms: nobody here knows who they are.',
  })
  @Get('people')
  @AuditedRead({ what: 'people of Messenger', of: 'many' })
  @ApiOkResponse({ type: MessengerPeoplePage })
  async list(@Query() { limit, cursor, mode, blocked }: ListPeopleQuery): Promise<MessengerPeoplePage> {
    const page = await this.messenger.list(
      { limit: limit ?? defaultPeople, cursor: cursor ?? null },
      mode ?? null,
      blocked === undefined ? null : blocked === 'true',
    );
    return { data: page.items.map(toMessengerPerson), next_cursor: page.nextCursor };
  }

  @ApiOperation({
    summary: 'Take a conversation over, hand it back, or block a person',
    description: 'What waits for an answer meanwhile is not answered.',
  })
  @Put('people/:id')
  @ApiOkResponse({ type: MessengerPersonResponse })
  async change(
    @IdParam() id: string,
    @Body() { mode, blocked }: ChangePersonRequest,
    @ClientParam() client: ClientContext,
  ): Promise<MessengerPersonResponse> {
    return toMessengerPerson(
      await this.messenger.change(id, { mode: mode ?? null, blocked: blocked ?? null }, client),
    );
  }

  @ApiOperation({
    summary: 'Delete all that is stored of a person',
    description: 'Of a blocked person the pseudonym stays, by which the block holds.',
  })
  @Delete('people/:id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Deleted.' })
  async forget(@IdParam() id: string, @ClientParam() client: ClientContext): Promise<void> {
    await this.messenger.forget(id, client);
  }

  @ApiOperation({ summary: 'List the pages with an agent of their own' })
  @Get('pages')
  @ApiOkResponse({ type: PageAgentsResponse })
  async listPages(): Promise<PageAgentsResponse> {
    return { data: (await this.messenger.listPages()).map(toPageAgent) };
  }

  @ApiOperation({ summary: 'Choose the agent of a page', description: 'From its next message on.' })
  @Put('pages')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Chosen.' })
  async choose(
    @Body() { page_id: pageId, agent_id: agentId }: ChoosePageAgentRequest,
    @ClientParam() client: ClientContext,
  ): Promise<void> {
    await this.messenger.choose(pageId, agentId ?? null, client);
  }
}
