import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { Catalogue } from '../../../perimeter/output/catalogue.js';
import { SignedIn } from '../../../guards/route/access.js';
import { Scope } from '../../../guards/route/scope.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { IdParam } from '../../../perimeter/input/id-param.js';
import { AgentResponse, AgentsResponse } from './agents.dto.js';
import { toAgent } from './agents.presenter.js';
import { AgentsService } from './agents.service.js';

@ApiTags('chat')
@SignedIn()
@Controller(`${apiPrefix}/agents`)
export class AgentsController {
  constructor(private readonly agents: AgentsService) {}

  @ApiOperation({ summary: 'List the agents', description: 'Those that can be asked.' })
  @Catalogue()
  @Get()
  @ApiOkResponse({ type: AgentsResponse })
  async list(): Promise<AgentsResponse> {
    return { data: (await this.agents.list()).map(toAgent) };
  }

  @ApiOperation({ summary: 'Get an agent' })
  @Scope('visitor')
  @Catalogue()
  @Get(':id')
  @ApiOkResponse({ type: AgentResponse })
  async get(@CallerParam() caller: Caller, @IdParam() id: string): Promise<AgentResponse> {
    return toAgent(await this.agents.get(caller, id));
  }
}
