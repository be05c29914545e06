import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags, ApiOperation } from '@nestjs/swagger';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { ClientParam } from '../../../guards/route/client.js';
import { Limit } from '../../../guards/route/limit.js';
import { StepUp } from '../../../guards/route/step-up.js';
import type { ClientContext } from '../../../network/client-context.js';
import { TokensResponse, VerificationResponse } from '../sessions/tokens.dto.js';
import { toTokens } from '../sessions/tokens.presenter.js';
import { EmailChangeConfirmation } from './email-change-confirmation.js';
import { EmailChangeRequests } from './email-change-requests.js';
import { EmailChangeConfirmRequest, EmailChangeRequest } from './email-change.dto.js';

@ApiTags('auth')
@SignedIn()
@StepUp()
@Controller(`${apiPrefix}/auth`)
export class EmailChangeController {
  constructor(
    private readonly requests: EmailChangeRequests,
    private readonly confirmation: EmailChangeConfirmation,
  ) {}

  @Limit('password_reset')
  @ApiOperation({ summary: 'Ask for another e-mail address' })
  @Post('email-change')
  @HttpCode(202)
  @ApiAcceptedResponse({
    type: VerificationResponse,
    description: 'A link goes to the new address; what it carries goes to /auth/email-change-confirm.',
  })
  async request(
    @CallerParam() caller: Caller,
    @Body() body: EmailChangeRequest,
    @ClientParam() client: ClientContext,
  ): Promise<VerificationResponse> {
    await this.requests.request(caller, body.email, client);
    return { verification: 'sent' };
  }

  @ApiOperation({ summary: 'Confirm the new e-mail address' })
  @Post('email-change-confirm')
  @HttpCode(200)
  @ApiOkResponse({ type: TokensResponse, description: 'A new pair: every older token is dead.' })
  async confirm(
    @CallerParam() caller: Caller,
    @Body() body: EmailChangeConfirmRequest,
    @ClientParam() client: ClientContext,
  ): Promise<TokensResponse> {
    return toTokens(await this.confirmation.confirm(caller, body.token, client));
  }
}
