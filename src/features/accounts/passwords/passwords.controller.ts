import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { Open, SignedIn } from '../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { Limit } from '../../../guards/route/limit.js';
import { TokensResponse, VerificationResponse } from '../sign-in/auth.dto.js';
import { toTokens } from '../sign-in/auth.presenter.js';
import {
  AddressRequest,
  EmailVerifyRequest,
  PasswordChangeRequest,
  PasswordResetConfirmRequest,
} from './passwords.dto.js';
import { PasswordsService } from './passwords.service.js';
import { clientContextOf } from '../client/client-context.js';

@ApiTags('auth')
@Controller(`${apiPrefix}/auth`)
export class PasswordsController {
  constructor(private readonly passwords: PasswordsService) {}

  @Open()
  @Limit('password_reset')
  @Post('password-reset')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: VerificationResponse, description: 'For known and unknown addresses alike.' })
  async reset(@Body() body: AddressRequest, @Req() request: FastifyRequest): Promise<VerificationResponse> {
    await this.passwords.requestReset(body.email, clientContextOf(request));
    return { verification: 'sent' };
  }

  @Open()
  @Post('password-reset-confirm')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'The password is set and every session has ended: sign in.' })
  async confirm(@Body() body: PasswordResetConfirmRequest, @Req() request: FastifyRequest): Promise<void> {
    await this.passwords.confirmReset(body.token, body.new_password, clientContextOf(request));
  }

  @SignedIn()
  @Limit('password_reset')
  @Post('password-change')
  @HttpCode(200)
  @ApiOkResponse({ type: TokensResponse, description: 'A new pair: every older token is dead.' })
  async change(
    @CallerParam() caller: Caller,
    @Body() body: PasswordChangeRequest,
    @Req() request: FastifyRequest,
  ): Promise<TokensResponse> {
    return toTokens(
      await this.passwords.change(caller, body.current_password, body.new_password, clientContextOf(request)),
    );
  }

  @Open()
  @Post('email-verify')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'The address is confirmed: sign in.' })
  async verify(@Body() body: EmailVerifyRequest, @Req() request: FastifyRequest): Promise<void> {
    await this.passwords.confirmEmail(body.token, clientContextOf(request));
  }

  @Open()
  @Limit('password_reset')
  @Post('email-resend')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: VerificationResponse, description: 'For known and unknown addresses alike.' })
  async resend(@Body() body: AddressRequest, @Req() request: FastifyRequest): Promise<VerificationResponse> {
    await this.passwords.resendConfirmation(body.email, clientContextOf(request));
    return { verification: 'sent' };
  }
}
