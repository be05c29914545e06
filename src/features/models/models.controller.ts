import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiTags, ApiOperation, ApiParam } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { Problem } from '../../errors/problem.js';
import { Catalogue } from '../../perimeter/output/catalogue.js';
import { SignedIn } from '../../guards/route/access.js';
import { Scope } from '../../guards/route/scope.js';
import { ModelDetailsResponse, ModelsResponse } from './models.dto.js';
import { toModel, toModelDetails } from './models.presenter.js';
import { ModelsService } from './models.service.js';

@ApiTags('models')
@SignedIn()
@Controller(`${apiPrefix}/models`)
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Scope('generations:read')
  @ApiOperation({ summary: 'List models' })
  @Catalogue()
  @Get()
  @ApiOkResponse({ type: ModelsResponse, description: 'What can be asked for here.' })
  list(): ModelsResponse {
    return { data: this.models.list().map(toModel) };
  }

  @Scope('generations:read')
  @ApiOperation({
    summary: 'Get a model',
    description: 'With the JSON Schema of its input and, where it reads a list of words, what it can draw.',
  })
  @Catalogue()
  @Get(':id')
  @ApiParam({
    name: 'id',
    description: 'Its slashes encoded or not.',
    schema: { type: 'string', maxLength: 100, pattern: '^[a-z0-9][a-z0-9._/-]*$', example: 'velro/canvas' },
  })
  @ApiOkResponse({ type: ModelDetailsResponse, description: 'Ids have slashes, encoded or not.' })
  get(@Param('id') id: string): ModelDetailsResponse {
    return this.show(id);
  }

  /** The same route for clients that do not encode the slashes of an id. */
  @ApiExcludeEndpoint()
  @Scope('generations:read')
  @Catalogue()
  @Get('*')
  getUnencoded(@Req() { params }: FastifyRequest): ModelDetailsResponse {
    return this.show(idOf(params));
  }

  private show(id: string): ModelDetailsResponse {
    const model = this.models.find(id);
    if (model === null) throw new Problem('not_found');
    return toModelDetails(model, this.models.vocabulary);
  }
}

function idOf(params: unknown): string {
  const rest = typeof params === 'object' && params !== null && '*' in params ? params['*'] : '';
  return typeof rest === 'string' ? rest : '';
}
