import { Body, Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
  ApiOperation,
} from '@nestjs/swagger';
import { apiKeyPolicy } from '../../../config/policy/accounts/api-keys.js';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { writers } from '../../../config/policy/accounts/roles.js';
import { SignedIn } from '../../guards/route/access.js';
import { CallerParam, type Caller } from '../../guards/route/caller.js';
import { StepUp } from '../../guards/route/step-up.js';
import { IdParam } from '../../perimeter/input/id-param.js';
import {
  ApiKeysResponse,
  ChangeKeyLimitsRequest,
  CreateApiKeyRequest,
  KeyLimitsResponse,
  RotateApiKeyRequest,
  ShownApiKeyResponse,
} from './api-keys.dto.js';
import { toApiKey, toKeyLimits, toNewLimits, toShownApiKey } from './api-keys.presenter.js';
import { ApiKeyLimitsService } from './api-key-limits.service.js';
import { ApiKeysService } from './api-keys.service.js';
import { ClientParam } from '../../guards/route/client.js';
import type { ClientContext } from '../../network/client-context.js';

const daySeconds = 24 * 3600;

/** Not callable with an API key: no route here has a scope. */
@ApiTags('api-keys')
@SignedIn()
@Controller(`${apiPrefix}/api-keys`)
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly keyLimits: ApiKeyLimitsService,
  ) {}

  @SignedIn(...writers)
  @StepUp()
  @ApiOperation({ summary: 'Create an API key' })
  @Post()
  @ApiCreatedResponse({ type: ShownApiKeyResponse, description: 'The only answer that shows the key.' })
  async create(
    @CallerParam() caller: Caller,
    @Body() body: CreateApiKeyRequest,
    @ClientParam() client: ClientContext,
  ): Promise<ShownApiKeyResponse> {
    const order = {
      name: body.name,
      scopes: body.scopes,
      addresses: body.addresses ?? [],
      seconds: (body.expires_in_days ?? apiKeyPolicy.defaultDays) * daySeconds,
    };
    return toShownApiKey(await this.keys.create(caller, order, client));
  }

  @ApiOperation({ summary: 'List your API keys' })
  @Get()
  @ApiOkResponse({ type: ApiKeysResponse, description: 'Living keys, newest first.' })
  async list(@CallerParam() caller: Caller): Promise<ApiKeysResponse> {
    return { data: (await this.keys.list(caller)).map(toApiKey) };
  }

  @ApiOperation({ summary: 'Get the limits of an API key', description: 'And what it has used of them.' })
  @Get(':id/limits')
  @ApiOkResponse({ type: KeyLimitsResponse })
  async limits(@CallerParam() caller: Caller, @IdParam() id: string): Promise<KeyLimitsResponse> {
    return toKeyLimits(await this.keyLimits.read(caller, id));
  }

  @SignedIn(...writers)
  @StepUp()
  @ApiOperation({
    summary: 'Set the limits of an API key',
    description: 'All of them: what is left out is no limit. What the key has used already counts.',
  })
  @Put(':id/limits')
  @ApiOkResponse({ type: KeyLimitsResponse, description: 'In force from the next request on.' })
  async setLimits(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Body() body: ChangeKeyLimitsRequest,
    @ClientParam() client: ClientContext,
  ): Promise<KeyLimitsResponse> {
    return toKeyLimits(await this.keyLimits.set(caller, id, toNewLimits(body), client));
  }

  @SignedIn(...writers)
  @StepUp()
  @ApiOperation({ summary: 'Rotate an API key' })
  @Post(':id/rotate')
  @HttpCode(200)
  @ApiOkResponse({
    type: ShownApiKeyResponse,
    description: 'A new key in place of the old one, which works until the overlap ends. The expiry stays.',
  })
  async rotate(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Body() body: RotateApiKeyRequest,
    @ClientParam() client: ClientContext,
  ): Promise<ShownApiKeyResponse> {
    const overlap = body.overlap_seconds ?? apiKeyPolicy.defaultOverlapSeconds;
    return toShownApiKey(await this.keys.rotate(caller, id, overlap, client));
  }

  /** For viewers too: an account that became a viewer must be able to revoke its older keys. */
  @ApiOperation({ summary: 'Revoke an API key' })
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'The key is dead, and the streams that it opened end.' })
  async remove(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @ClientParam() client: ClientContext,
  ): Promise<void> {
    await this.keys.remove(caller, id, client);
  }
}
