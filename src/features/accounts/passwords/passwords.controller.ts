import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
  ApiOperation,
} from '@nestjs/swagger';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { Open, SignedIn } from '../../../guards/route/access.js';
import { SignInRoute } from '../../../guards/route/sign-in-route.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { Limit, Unlimited } from '../../../guards/route/limit.js';
import { TokensResponse, VerificationResponse } from '../sessions/tokens.dto.js';
import { toTokens } from '../sessions/tokens.presenter.js';
import {
  AddressRequest,
  EmailVerifyRequest,
  PasswordChangeRequest,
  PasswordResetConfirmRequest,
} from './passwords.dto.js';
import { PasswordChangeService } from './password-change.service.js';
import { EmailVerificationService } from './email-verification.service.js';
import { PasswordResetService } from './password-reset.service.js';
import { DeviceTokenHeader } from '../login-attempts/device-token-header.js';
import { ClientParam } from '../../../guards/route/client.js';
import type { ClientContext } from '../../../network/client-context.js';

@ApiTags('auth')
@Controller(`${apiPrefix}/auth`)
export class PasswordsController {
  constructor(
    private readonly resets: PasswordResetService,
    private readonly verifications: EmailVerificationService,
    private readonly changes: PasswordChangeService,
  ) {}

  @Open()
  @SignInRoute()
  @Unlimited() // Limited by address before routing, and by account behind the answer.
  @DeviceTokenHeader()
  @ApiOperation({
    summary: 'Ask for a password reset',
    description: 'A mail with a link goes to the address, where it has an account.',
  })
  @Post('password-reset')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: VerificationResponse, description: 'For known and unknown addresses alike.' })
  async reset(
    @Body() body: AddressRequest,
    @ClientParam() client: ClientContext,
  ): Promise<VerificationResponse> {
    await this.resets.request(body.email, client);
    return { verification: 'sent' };
  }

  @Open()
  @SignInRoute()
  @ApiOperation({ summary: 'Reset the password', description: 'With the token of the link from the mail.' })
  @Post('password-reset-confirm')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'The password is set and every session has ended: sign in.' })
  async confirm(
    @Body() body: PasswordResetConfirmRequest,
    @ClientParam() client: ClientContext,
  ): Promise<void> {
    await this.resets.confirm(body.token, body.new_password, client);
  }

  @SignedIn()
  @Limit('password_reset')
  @ApiOperation({ summary: 'Change the password' })
  @Post('password-change')
  @HttpCode(200)
  @ApiOkResponse({ type: TokensResponse, description: 'A new pair: every older token is dead.' })
  async change(
    @CallerParam() caller: Caller,
    @Body() body: PasswordChangeRequest,
    @ClientParam() client: ClientContext,
  ): Promise<TokensResponse> {
    return toTokens(await this.changes.change(caller, body.current_password, body.new_password, client));
  }

  @Open()
  @SignInRoute()
  @ApiOperation({
    summary: 'Verify the e-mail address and choose the password',
    description: 'With the token of the link from the mail. The password of the registration is not kept.',
  })
  @Post('email-verify')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'The address is verified and the password set: sign in.' })
  async verify(@Body() body: EmailVerifyRequest, @ClientParam() client: ClientContext): Promise<void> {
    await this.verifications.verify(body.token, body.password, client);
  }

  @Open()
  @SignInRoute()
  @Unlimited() // Limited by address before routing, and by account behind the answer.
  @DeviceTokenHeader()
  @ApiOperation({
    summary: 'Send the verification mail again',
    description: 'To an address that is not verified yet.',
  })
  @Post('email-resend')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: VerificationResponse, description: 'For known and unknown addresses alike.' })
  async resend(
    @Body() body: AddressRequest,
    @ClientParam() client: ClientContext,
  ): Promise<VerificationResponse> {
    await this.verifications.resend(body.email, client);
    return { verification: 'sent' };
  }
}
