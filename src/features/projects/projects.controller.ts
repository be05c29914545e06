import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
  refs,
  ApiOperation,
} from '@nestjs/swagger';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { writers } from '../../../config/policy/accounts/roles.js';
import { SignedIn } from '../../guards/route/access.js';
import { CallerParam, type Caller } from '../../guards/route/caller.js';
import { Scope } from '../../guards/route/scope.js';
import { IdParam } from '../../perimeter/input/id-param.js';
import {
  ChangeProjectRequest,
  CreateProjectRequest,
  ListProjectsQuery,
  ProjectResponse,
  ProjectsPage,
  PublicProjectResponse,
} from './projects.dto.js';
import { toProject, toProjectView } from './projects.presenter.js';
import { toPageRequest } from '../../perimeter/input/page-query.js';
import { ProjectsService } from './projects.service.js';

@ApiTags('projects')
@SignedIn()
@Controller(`${apiPrefix}/projects`)
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @SignedIn(...writers)
  @Scope('projects:write')
  @ApiOperation({ summary: 'Create a project' })
  @Post()
  @ApiCreatedResponse({ type: ProjectResponse })
  async create(@CallerParam() caller: Caller, @Body() body: CreateProjectRequest): Promise<ProjectResponse> {
    return toProject(await this.projects.create(caller, body));
  }

  @Scope('projects:read')
  @ApiOperation({ summary: 'List your projects' })
  @Get()
  @ApiOkResponse({ type: ProjectsPage, description: 'Your own, newest first.' })
  async list(@CallerParam() caller: Caller, @Query() query: ListProjectsQuery): Promise<ProjectsPage> {
    const page = await this.projects.list(caller, toPageRequest(query));
    return { data: page.items.map(toProject), next_cursor: page.nextCursor };
  }

  @Scope('projects:read')
  @ApiOperation({ summary: 'Get a project' })
  @Get(':id')
  @ApiExtraModels(ProjectResponse, PublicProjectResponse)
  @ApiOkResponse({
    schema: { oneOf: refs(ProjectResponse, PublicProjectResponse) },
    description: 'Your own, or what a public one of somebody else shows.',
  })
  async get(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
  ): Promise<ProjectResponse | PublicProjectResponse> {
    return toProjectView(await this.projects.view(caller, id));
  }

  @SignedIn(...writers)
  @Scope('projects:write')
  @ApiOperation({ summary: 'Change a project' })
  @Put(':id')
  @ApiOkResponse({ type: ProjectResponse, description: 'As it stands now; what is left out stays.' })
  async change(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Body() body: ChangeProjectRequest,
  ): Promise<ProjectResponse> {
    return toProject(await this.projects.change(caller, id, body));
  }

  @SignedIn(...writers)
  @Scope('projects:write')
  @ApiOperation({ summary: 'Delete a project' })
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({
    description: 'The project is gone; what was made in it stays, and is in no project.',
  })
  async remove(@CallerParam() caller: Caller, @IdParam() id: string): Promise<void> {
    await this.projects.remove(caller, id);
  }
}
