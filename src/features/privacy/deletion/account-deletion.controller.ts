import { Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { ClientParam } from '../../../guards/route/client.js';
import { StepUp } from '../../../guards/route/step-up.js';
import type { ClientContext } from '../../../network/client-context.js';
import { AccountDeletionResponse } from './account-deletion.dto.js';
import { toAccountDeletion } from './account-deletion.presenter.js';
import { AccountDeletionService } from './account-deletion.service.js';

@ApiTags('privacy')
@SignedIn()
@Controller(`${apiPrefix}/privacy/delete`)
export class AccountDeletionController {
  constructor(private readonly deletions: AccountDeletionService) {}

  @ApiOperation({ summary: 'See when your account is deleted' })
  @Get()
  @ApiOkResponse({ type: AccountDeletionResponse })
  async find(@CallerParam() caller: Caller): Promise<AccountDeletionResponse> {
    return toAccountDeletion(await this.deletions.find(caller));
  }

  @StepUp()
  @ApiOperation({
    summary: 'Delete your account',
    description:
      'After a time of grace the account is deleted with all that is in it, here and at the identity provider. A second request changes nothing.',
  })
  @Post()
  @HttpCode(202)
  @ApiAcceptedResponse({ type: AccountDeletionResponse, description: 'A mail says so too.' })
  async request(
    @CallerParam() caller: Caller,
    @ClientParam() client: ClientContext,
  ): Promise<AccountDeletionResponse> {
    return toAccountDeletion(await this.deletions.request(caller, client));
  }

  @ApiOperation({ summary: 'Keep your account' })
  @Delete()
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Nothing is deleted.' })
  async cancel(@CallerParam() caller: Caller, @ClientParam() client: ClientContext): Promise<void> {
    await this.deletions.cancel(caller, client);
  }
}
