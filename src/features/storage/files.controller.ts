import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags, ApiOperation } from '@nestjs/swagger';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { writers } from '../../../config/policy/accounts/roles.js';
import { mediaUrlSeconds } from '../../../config/policy/generations/streams.js';
import { SignedIn } from '../../guards/route/access.js';
import { CallerParam, type Caller } from '../../guards/route/caller.js';
import { Scope } from '../../guards/route/scope.js';
import { IdParam } from '../../perimeter/input/id-param.js';
import {
  FileResponse,
  FilesPage,
  ListFilesQuery,
  SignedFileResponse,
  SignFileRequest,
  StorageStatsResponse,
} from './files.dto.js';
import { toFile, toSignedFile, toStorageStats } from './files.presenter.js';
import { FilesService } from './files.service.js';
import { toPageRequest } from '../../perimeter/input/page-query.js';

@ApiTags('storage')
@SignedIn()
@Controller(`${apiPrefix}/storage`)
export class FilesController {
  constructor(private readonly files: FilesService) {}

  @Scope('storage:read')
  @ApiOperation({ summary: 'List your files' })
  @Get('files')
  @ApiOkResponse({ type: FilesPage, description: 'Your own, newest first.' })
  async list(@CallerParam() caller: Caller, @Query() query: ListFilesQuery): Promise<FilesPage> {
    const page = await this.files.list(caller, query.kind ?? null, toPageRequest(query));
    return { data: page.items.map(toFile), next_cursor: page.nextCursor };
  }

  @Scope('storage:read')
  @ApiOperation({ summary: 'Get a file' })
  @Get('files/:id')
  @ApiOkResponse({ type: FileResponse })
  async get(@CallerParam() caller: Caller, @IdParam() id: string): Promise<FileResponse> {
    return toFile(await this.files.get(caller, id));
  }

  /** For viewers too: signing a link is a read. */
  @Scope('storage:read')
  @ApiOperation({ summary: 'Sign a link to a file' })
  @Post('files/:id/signed-url')
  @HttpCode(200)
  @ApiOkResponse({ type: SignedFileResponse })
  async sign(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Body() body: SignFileRequest,
  ): Promise<SignedFileResponse> {
    return toSignedFile(await this.files.sign(caller, id, body.expires_in ?? mediaUrlSeconds));
  }

  @SignedIn(...writers)
  @Scope('storage:write')
  @ApiOperation({ summary: 'Delete a file' })
  @Delete('files/:id')
  @HttpCode(204)
  @ApiNoContentResponse({
    description: 'The file and its object are gone; what a running generation uses is refused with 409.',
  })
  async remove(@CallerParam() caller: Caller, @IdParam() id: string): Promise<void> {
    await this.files.remove(caller, id);
  }

  @Scope('storage:read')
  @ApiOperation({ summary: 'Get your use of the storage' })
  @Get('stats')
  @ApiOkResponse({ type: StorageStatsResponse })
  async stats(@CallerParam() caller: Caller): Promise<StorageStatsResponse> {
    return toStorageStats(await this.files.usage(caller));
  }
}
