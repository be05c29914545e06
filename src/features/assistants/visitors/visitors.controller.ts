import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { writers } from '../../../../config/policy/accounts/roles.js';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { KeysOnly, Scope } from '../../../guards/route/scope.js';
import {
  ClaimedVisitorResponse,
  ClaimVisitorRequest,
  CreateVisitorRequest,
  VisitorResponse,
} from './visitors.dto.js';
import { VisitorsService } from './visitors.service.js';

@ApiTags('chat')
@SignedIn()
@Controller(`${apiPrefix}/visitors`)
export class VisitorsController {
  constructor(private readonly visitors: VisitorsService) {}

  @SignedIn(...writers)
  @Scope('visitors')
  // With access tokens anybody could make as many visitors as they like.
  @KeysOnly()
  @ApiOperation({
    summary: 'Get a token for a visitor of your site',
    description:
      'By the backend of the site, with an API key of the scope `visitors`; an access token is refused. The visitor’s browser asks the agent with it (`POST /chat`, `/conversations`), until it expires, the key is deleted, or the visitor moves into an account.',
  })
  @Post()
  @HttpCode(201)
  @ApiCreatedResponse({ type: VisitorResponse })
  async create(@CallerParam() caller: Caller, @Body() body: CreateVisitorRequest): Promise<VisitorResponse> {
    const { token, visitorId, agentId, expiresIn } = await this.visitors.mint(
      caller,
      body.agent_id,
      body.visitor_id ?? null,
    );
    return {
      visitor_token: token,
      visitor_id: visitorId,
      agent_id: agentId,
      expires_in: expiresIn,
    };
  }

  @SignedIn(...writers)
  @ApiOperation({
    summary: 'Take a visitor’s conversations into your account',
    description:
      'By whoever holds both tokens, once the address of the account is proven. The visitor’s tokens are revoked.',
  })
  @Post('claim')
  @HttpCode(200)
  @ApiOkResponse({ type: ClaimedVisitorResponse })
  async claim(
    @CallerParam() caller: Caller,
    @Body() body: ClaimVisitorRequest,
  ): Promise<ClaimedVisitorResponse> {
    return { conversations: await this.visitors.claim(caller, body.visitor_token) };
  }
}
