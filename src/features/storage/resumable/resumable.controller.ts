import { Controller, Delete, Head, HttpCode, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { writers } from '../../../../config/policy/accounts/roles.js';
import { tusVersion, uploadsPath } from '../../../../config/policy/perimeter/http.js';
import { Problem } from '../../../errors/problem.js';
import { SignedIn } from '../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { Limit } from '../../../guards/route/limit.js';
import { Scope } from '../../../guards/route/scope.js';
import { clientContextOf } from '../../../network/client-context.js';
import { BodyPace } from '../../../perimeter/input/body-pace.js';
import { requireOffsetBody } from '../../../perimeter/input/offset-body.js';
import { IdParam } from '../../../perimeter/input/id-param.js';
import {
  bytesPattern,
  DescribeAppending,
  DescribeCreation,
  DescribeOffset,
  DescribeTermination,
} from './resumable.dto.js';
import { ResumableService } from './resumable.service.js';
import { UploadAppending } from './upload-appending.js';
import { parseMetadata } from './upload-metadata.js';

/** The core of tus 1.0.0 with its extensions creation, termination and expiration: a protocol of its own (docs/uploads.md). */
@ApiTags('storage')
@SignedIn(...writers)
@Controller(uploadsPath)
export class ResumableController {
  constructor(
    private readonly uploads: ResumableService,
    private readonly appending: UploadAppending,
  ) {}

  @ApiOperation({
    summary: 'Begin a resumable upload',
    description:
      'By tus 1.0.0 with creation, expiration and termination: a client of that protocol needs this address alone. The bytes of the file are held in the quota for a day.',
  })
  @DescribeCreation()
  @Scope('storage:write')
  @Post()
  @Limit('upload')
  @HttpCode(201)
  async create(
    @CallerParam() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    speak(request, reply);
    const metadata = parseMetadata(textOf(request, 'upload-metadata'));
    if (metadata === null) throw invalid('Upload-Metadata', 'must be pairs of a key and Base64');
    const bytes = numberOf(request, 'upload-length');
    if (bytes === 0) throw invalid('Upload-Length', 'must be at least 1');
    const { id, expiresAt } = await this.uploads.create(caller, clientContextOf(request), bytes, metadata);
    void reply.headers({ location: `/${uploadsPath}/${id}`, 'upload-expires': expiresAt.toUTCString() });
  }

  @ApiOperation({
    summary: 'Ask where a resumable upload stands',
    description: 'An error has no body here, as no answer to HEAD has.',
  })
  @DescribeOffset()
  @Scope('storage:write')
  @Head(':id')
  @HttpCode(200)
  async offset(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    speak(request, reply);
    const { received, bytes, expiresAt } = await this.uploads.get(caller, id);
    void reply.headers({
      'upload-offset': String(received),
      'upload-length': String(bytes),
      'upload-expires': expiresAt.toUTCString(),
    });
  }

  @ApiOperation({
    summary: 'Send bytes of a resumable upload',
    description:
      'What comes before a connection breaks is kept. With its last bytes the file is inspected and stored, or refused like one that is uploaded in one request.',
  })
  @DescribeAppending()
  @Scope('storage:write')
  @Patch(':id')
  @HttpCode(204)
  async append(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    speak(request, reply);
    requireOffsetBody(request);
    const length = request.headers['content-length'];
    const offset = await this.appending.append(caller, clientContextOf(request), id, {
      offset: numberOf(request, 'upload-offset'),
      announced: length === undefined ? null : Number(length),
      // Not destroyed at a refusal: its sender is still to be answered.
      body: new BodyPace().of<Buffer>(request.raw.iterator({ destroyOnReturn: false })),
    });
    void reply.header('upload-offset', String(offset));
  }

  @ApiOperation({
    summary: 'Give a resumable upload up',
    description: 'A file that is stored stays.',
  })
  @DescribeTermination()
  @Scope('storage:write')
  @Delete(':id')
  @HttpCode(204)
  async remove(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    speak(request, reply);
    await this.uploads.remove(caller, id);
  }
}

/** Every answer names the version; a request in another one is not read. @throws Problem `tus_version_unsupported` */
function speak(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('tus-resumable', tusVersion);
  if (textOf(request, 'tus-resumable') !== tusVersion)
    throw new Problem('tus_version_unsupported', { headers: { 'tus-version': tusVersion } });
}

const textOf = ({ headers }: FastifyRequest, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};

const countOfBytes = new RegExp(bytesPattern);

/** @throws Problem `validation_failed` */
function numberOf(request: FastifyRequest, name: 'upload-length' | 'upload-offset'): number {
  const text = textOf(request, name) ?? '';
  if (!countOfBytes.test(text))
    throw invalid(name === 'upload-length' ? 'Upload-Length' : 'Upload-Offset', 'must be a count of bytes');
  return Number(text);
}

const invalid = (field: string, message: string): Problem =>
  new Problem('validation_failed', { errors: [{ field, code: 'invalid', message }] });
