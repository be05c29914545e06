import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../guards/route/access.js';
import { CallerParam, type Caller } from '../../guards/route/caller.js';
import { ClientParam } from '../../guards/route/client.js';
import type { ClientContext } from '../../network/client-context.js';
import {
  ChangeConsentsRequest,
  ConsentsResponse,
  DoNotSellRequest,
  DoNotSellResponse,
} from './consents.dto.js';
import { toConsent, toDoNotSell } from './consents.presenter.js';
import { ConsentsService } from './consents.service.js';

@ApiTags('privacy')
@SignedIn()
@Controller(`${apiPrefix}/privacy`)
export class ConsentsController {
  constructor(private readonly consents: ConsentsService) {}

  @ApiOperation({
    summary: 'List what you may agree to',
    description: 'With the present texts, and what you decided last.',
  })
  @Get('consents')
  @ApiOkResponse({ type: ConsentsResponse })
  async list(@CallerParam() caller: Caller): Promise<ConsentsResponse> {
    return { data: (await this.consents.list(caller)).map(toConsent) };
  }

  @ApiOperation({
    summary: 'Agree, or take it back',
    description:
      'Each choice is kept with its time and the version of the text. Without external_ai nothing of yours goes to AI providers.',
  })
  @Put('consents')
  @ApiOkResponse({ type: ConsentsResponse, description: 'As it stands now.' })
  async change(
    @CallerParam() caller: Caller,
    @Body() { consents }: ChangeConsentsRequest,
    @ClientParam() client: ClientContext,
  ): Promise<ConsentsResponse> {
    const changes = consents.map(({ purpose, given, version }) => ({
      purpose,
      given,
      version: version ?? null,
    }));
    return { data: (await this.consents.change(caller, changes, client)).map(toConsent) };
  }

  @ApiOperation({ summary: 'See whether you object to the sale of your data' })
  @Get('do-not-sell')
  @ApiOkResponse({ type: DoNotSellResponse })
  async findObjection(@CallerParam() caller: Caller): Promise<DoNotSellResponse> {
    return toDoNotSell(await this.consents.findObjection(caller));
  }

  @ApiOperation({
    summary: 'Object to the sale and the sharing of your data, or no longer',
    description:
      'Nothing is sold or shared for advertising in any case; the choice is kept, with its time. A browser that sends Sec-GPC: 1 objects for you.',
  })
  @Put('do-not-sell')
  @ApiOkResponse({ type: DoNotSellResponse })
  async object(
    @CallerParam() caller: Caller,
    @Body() { do_not_sell: isObjecting }: DoNotSellRequest,
    @ClientParam() client: ClientContext,
  ): Promise<DoNotSellResponse> {
    return toDoNotSell(await this.consents.object(caller, isObjecting, client));
  }
}
