import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { writers } from '../../../../config/policy/accounts/roles.js';
import { apiPrefix, multipartLimits } from '../../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { Limit } from '../../../guards/route/limit.js';
import { Scope } from '../../../guards/route/scope.js';
import { clientContextOf } from '../../../network/client-context.js';
import { readMultipartFile } from '../../../perimeter/input/multipart-file.js';
import { headerReferences } from '../../../perimeter/output/response-headers.js';
import { FileResponse, UploadFileForm } from '../files.dto.js';
import { toFile } from '../files.presenter.js';
import { UploadsService } from './uploads.service.js';

const path = `${apiPrefix}/storage`;

@ApiTags('storage')
@SignedIn(...writers)
@Controller(path)
export class UploadsController {
  constructor(private readonly uploads: UploadsService) {}

  @Scope('storage:write')
  @ApiOperation({
    summary: 'Upload a file',
    description: 'Stored once it is inspected: a picture is encoded anew, anything else is kept as it came.',
  })
  @Post('upload')
  @Limit('upload')
  @HttpCode(201)
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: UploadFileForm })
  @ApiCreatedResponse({
    type: FileResponse,
    description: 'Stored; Location names it.',
    headers: headerReferences('Location'),
  })
  async upload(
    @CallerParam() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FileResponse> {
    const atLeast = Number(request.headers['content-length']) - multipartLimits.overhead;
    const stored = await this.uploads.receive(caller, clientContextOf(request), atLeast, (file) =>
      readMultipartFile(request, 'file', (piece) => file.append(piece)),
    );
    void reply.header('location', `/${path}/files/${stored.id}`);
    return toFile(stored);
  }
}
