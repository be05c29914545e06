import { Body, Controller, Get, HttpCode, Post, Put, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
  ApiOperation,
  ApiExtraModels,
  refs,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { tokenRoles } from '../../../../config/policy/accounts/roles.js';
import { Open, SignedIn } from '../../../guards/route/access.js';
import { SignInRoute } from '../../../guards/route/sign-in-route.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { Limit, Unlimited } from '../../../guards/route/limit.js';
import { Scope } from '../../../guards/route/scope.js';
import { RateLimiter } from '../../../perimeter/limits/rate-limiter.js';
import {
  ExchangeRequest,
  LoginRequest,
  LogoutRequest,
  MfaRequiredResponse,
  ProfileRequest,
  RefreshRequest,
  RegisterRequest,
  SessionResponse,
  ValidateResponse,
} from './auth.dto.js';
import { toSession, toSignIn } from './auth.presenter.js';
import { ProfileService } from './profile.service.js';
import { RegistrationService } from './registration.service.js';
import { SignInService } from './sign-in.service.js';
import { RefreshRecognition } from '../sessions/refresh/refresh-recognition.js';
import { RefreshService } from '../sessions/refresh/refresh.service.js';
import { SessionTermination } from '../sessions/session-termination.js';
import { TokensResponse, UserResponse, VerificationResponse } from '../sessions/tokens.dto.js';
import { toTokens, toUser } from '../sessions/tokens.presenter.js';
import { DeviceTokenHeader } from '../login-attempts/device-token-header.js';
import { ClientParam } from '../../../guards/route/client.js';
import { clientContextOf, type ClientContext } from '../../../network/client-context.js';

/** Tokens, or the challenge of the second factor: `mfa_required` tells them apart. */
const signInAnswer = { schema: { oneOf: refs(TokensResponse, MfaRequiredResponse) } };

@ApiTags('auth')
@ApiExtraModels(TokensResponse, MfaRequiredResponse)
@Controller(`${apiPrefix}/auth`)
export class AuthController {
  constructor(
    private readonly registrations: RegistrationService,
    private readonly signIn: SignInService,
    private readonly profiles: ProfileService,
    private readonly termination: SessionTermination,
    private readonly recognition: RefreshRecognition,
    private readonly refreshes: RefreshService,
    private readonly limiter: RateLimiter,
  ) {}

  @Open()
  @SignInRoute()
  @Unlimited() // Limited by address before routing.
  @DeviceTokenHeader()
  @ApiOperation({
    summary: 'Register',
    description:
      '201 with tokens; or 202 where the e-mail address has to be verified first, for known and unknown addresses alike.',
  })
  @Post('register')
  @HttpCode(201)
  @ApiCreatedResponse({ type: TokensResponse })
  @ApiAcceptedResponse({
    type: VerificationResponse,
    description: 'With e-mail verification, for known and unknown addresses alike.',
  })
  async register(
    @Body() body: RegisterRequest,
    @ClientParam() client: ClientContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokensResponse | VerificationResponse | MfaRequiredResponse> {
    const registration = { email: body.email, password: body.password, fullName: body.full_name ?? null };
    const result = await this.registrations.register(registration, client);
    if (result !== null) return toSignIn(result);
    void reply.code(202);
    return { verification: 'sent' };
  }

  @Open()
  @SignInRoute()
  @Limit('auth_login')
  @DeviceTokenHeader()
  @ApiOperation({
    summary: 'Sign in',
    description:
      'With a second factor the answer is a challenge for `POST /auth/mfa/verify`: look at `mfa_required` first.',
  })
  @Post('login')
  @HttpCode(200)
  @ApiOkResponse(signInAnswer)
  async login(
    @Body() body: LoginRequest,
    @ClientParam() client: ClientContext,
  ): Promise<TokensResponse | MfaRequiredResponse> {
    return toSignIn(await this.signIn.login(body.email, body.password, client));
  }

  /** For a frontend that signed a user in socially with supabase-js. */
  @Open()
  @SignInRoute()
  @ApiOperation({
    summary: 'Exchange a Supabase token',
    description:
      'For a frontend that signed a user in by a social, link, passkey or web3 login of supabase-js.',
  })
  @Post('exchange')
  @HttpCode(200)
  @ApiOkResponse(signInAnswer)
  async exchange(
    @Body() body: ExchangeRequest,
    @ClientParam() client: ClientContext,
  ): Promise<TokensResponse | MfaRequiredResponse> {
    return toSignIn(await this.signIn.exchange(body.supabase_access_token, client));
  }

  @Open()
  @SignInRoute()
  @Limit('auth_refresh')
  @ApiOperation({
    summary: 'Renew the tokens',
    description: 'A refresh token is good for one refresh; repeats of a lost answer give the same successor.',
  })
  @Post('refresh')
  @HttpCode(200)
  @ApiOkResponse({ type: TokensResponse })
  async refresh(
    @Body() body: RefreshRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokensResponse> {
    const client = clientContextOf(request);
    const sessionId = await this.recognition.sessionOf(body.refresh_token, client, request.block ?? null);
    // Shown to belong to a session, which is counted instead of the address.
    await this.limiter.giveBack(request);
    await this.limiter.take([{ rule: 'auth_refresh', who: sessionId }], request, reply);
    const pair = await this.refreshes.refresh(body.refresh_token, client);
    if (pair.repeated) await this.limiter.giveBack(request);
    return toTokens(pair);
  }

  @SignedIn(...tokenRoles)
  @ApiOperation({ summary: 'Sign out' })
  @Post('logout')
  @HttpCode(204)
  @ApiNoContentResponse()
  async logout(
    @CallerParam() caller: Caller,
    @Body() body: LogoutRequest,
    @ClientParam() client: ClientContext,
  ): Promise<void> {
    await this.termination.logout(caller, body.scope ?? 'this', client);
  }

  /** For a client that checks whether its token is still valid. */
  @SignedIn(...tokenRoles)
  @ApiOperation({ summary: 'Check the access token' })
  @Post('validate')
  @HttpCode(200)
  @ApiOkResponse({ type: ValidateResponse })
  validate(@CallerParam() caller: Caller): ValidateResponse {
    return { valid: true, expires_at: new Date(caller.expiresAt * 1000).toISOString() };
  }

  @SignedIn()
  @ApiOperation({ summary: 'Change your name' })
  @Put('profile')
  @ApiOkResponse({ type: UserResponse })
  async profile(@CallerParam() caller: Caller, @Body() body: ProfileRequest): Promise<UserResponse> {
    return toUser(await this.profiles.rename(caller, body.full_name ?? null));
  }

  @SignedIn(...tokenRoles)
  @Scope('account:read')
  @ApiOperation({ summary: 'Get your account' })
  @Get('me')
  @ApiOkResponse({ type: UserResponse })
  async me(@CallerParam() caller: Caller): Promise<UserResponse> {
    return toUser(await this.profiles.get(caller));
  }

  @SignedIn(...tokenRoles)
  @Scope('account:read')
  @ApiOperation({ summary: 'Get the claims of the token' })
  @Get('session')
  @ApiOkResponse({
    type: SessionResponse,
    description: 'The claims of the token, without asking the database; or what an API key stands for.',
  })
  session(@CallerParam() caller: Caller): SessionResponse {
    return toSession(caller);
  }
}
