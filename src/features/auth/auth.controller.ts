import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { apiPrefix } from '../../../config/policy/http.js';
import { Open, SignedIn } from '../../guards/access.js';
import { CallerParam, type Caller } from '../../guards/caller.js';
import { Limit } from '../../guards/limit.guard.js';
import {
  LoginRequest,
  LogoutRequest,
  RefreshRequest,
  RegisterRequest,
  SessionResponse,
  TokensResponse,
  UserResponse,
  VerificationResponse,
} from './auth.dto.js';
import { toSession, toTokens, toUser } from './auth.presenter.js';
import { AuthService } from './auth.service.js';
import { SessionsService, type Visitor } from './sessions.service.js';

const visitorOf = (request: FastifyRequest): Visitor => ({
  ip: request.clientAddress.ip,
  device: request.headers['user-agent'] ?? 'unknown',
  requestId: request.id,
});

@ApiTags('auth')
@Controller(`${apiPrefix}/auth`)
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly sessions: SessionsService,
  ) {}

  @Open()
  @Limit('none') // Counted by address before routing.
  @Post('register')
  @HttpCode(201)
  @ApiCreatedResponse({ type: TokensResponse })
  @ApiAcceptedResponse({
    type: VerificationResponse,
    description: 'With e-mail verification, for known and unknown addresses alike.',
  })
  async register(
    @Body() body: RegisterRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokensResponse | VerificationResponse> {
    const pair = await this.auth.register(
      body.email,
      body.password,
      body.full_name ?? null,
      visitorOf(request),
    );
    if (pair !== null) return toTokens(pair);
    void reply.code(202);
    return { verification: 'sent' };
  }

  @Open()
  @Limit('auth_login')
  @Post('login')
  @HttpCode(200)
  @ApiOkResponse({ type: TokensResponse })
  async login(@Body() body: LoginRequest, @Req() request: FastifyRequest): Promise<TokensResponse> {
    return toTokens(await this.auth.login(body.email, body.password, visitorOf(request)));
  }

  @Open()
  @Limit('auth_refresh')
  @Post('refresh')
  @HttpCode(200)
  @ApiOkResponse({ type: TokensResponse })
  async refresh(@Body() body: RefreshRequest, @Req() request: FastifyRequest): Promise<TokensResponse> {
    return toTokens(await this.sessions.refresh(body.refresh_token, visitorOf(request)));
  }

  @SignedIn()
  @Post('logout')
  @HttpCode(204)
  @ApiNoContentResponse()
  async logout(
    @CallerParam() caller: Caller,
    @Body() body: LogoutRequest,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.sessions.logout(caller, body.scope ?? 'this', visitorOf(request));
  }

  @SignedIn()
  @Get('me')
  @ApiOkResponse({ type: UserResponse })
  async me(@CallerParam() caller: Caller): Promise<UserResponse> {
    return toUser(await this.auth.me(caller));
  }

  @SignedIn()
  @Get('session')
  @ApiOkResponse({ type: SessionResponse, description: 'The claims of the token; asks no database.' })
  session(@CallerParam() caller: Caller): SessionResponse {
    return toSession(caller);
  }
}
