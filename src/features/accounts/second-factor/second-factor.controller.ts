import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiTags, ApiOperation } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { tokenRoles } from '../../../../config/policy/accounts/roles.js';
import { accessTokenPolicy } from '../../../../config/policy/accounts/tokens.js';
import { Open, SignedIn } from '../../../guards/route/access.js';
import { SignInRoute } from '../../../guards/route/sign-in-route.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { Limit } from '../../../guards/route/limit.js';
import { RateLimiter } from '../../../perimeter/limits/rate-limiter.js';
import { TokensResponse } from '../sessions/tokens.dto.js';
import { toTokens } from '../sessions/tokens.presenter.js';
import { MfaVerifyRequest, StepUpRequest, StepUpResponse } from './second-factor.dto.js';
import { MfaSignInService } from './mfa-sign-in.service.js';
import { StepUpService } from './step-up.service.js';
import { clientContextOf, type ClientContext } from '../../../network/client-context.js';
import { DeviceTokenHeader } from '../login-attempts/device-token-header.js';
import { ClientParam } from '../../../guards/route/client.js';

@ApiTags('auth')
@Controller(`${apiPrefix}/auth`)
export class SecondFactorController {
  constructor(
    private readonly signIn: MfaSignInService,
    private readonly stepUps: StepUpService,
    private readonly limiter: RateLimiter,
  ) {}

  @Open()
  @SignInRoute()
  @DeviceTokenHeader()
  @ApiOperation({ summary: 'Answer the second factor' })
  @Post('mfa/verify')
  @HttpCode(200)
  @ApiOkResponse({ type: TokensResponse })
  async verify(
    @Body() body: MfaVerifyRequest,
    @ClientParam() client: ClientContext,
  ): Promise<TokensResponse> {
    return toTokens(await this.signIn.verify(body.mfa_token, body.code, client));
  }

  @SignedIn(...tokenRoles)
  @Limit('password_reset') // Password attempts within an open session; a right one is given back.
  @ApiOperation({
    summary: 'Prove your identity again',
    description:
      'Password, or a code where the account has a second factor; the new token opens what requires a fresh proof.',
  })
  @Post('step-up')
  @HttpCode(200)
  @ApiOkResponse({ type: StepUpResponse, description: 'A token of the same session with a fresh auth_time.' })
  async stepUp(
    @CallerParam() caller: Caller,
    @Body() body: StepUpRequest,
    @Req() request: FastifyRequest,
  ): Promise<StepUpResponse> {
    const proof = { password: body.password ?? null, code: body.code ?? null };
    const token = await this.stepUps.stepUp(caller, proof, clientContextOf(request));
    await this.limiter.giveBack(request);
    return { access_token: token, expires_in: accessTokenPolicy.lifetimeSeconds };
  }
}
