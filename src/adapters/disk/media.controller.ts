import { Controller, Get, Param, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Problem } from '../../errors/problem.js';
import { Open } from '../../guards/route/access.js';
import { Unlimited } from '../../guards/route/limit.js';
import { ObjectStorage } from '../../ports/object-storage.js';
import { DiskStorage } from './disk-storage.js';

/** Serves the signed links of the disk storage. The signature is the authorization. */
@ApiExcludeController()
@Open()
@Unlimited()
@Controller('media')
export class MediaController {
  constructor(private readonly storage: ObjectStorage) {}

  /** Both shapes of keys; the storage validates them. */
  @Get([':folder/:file', ':folder/:id/:file'])
  async read(
    @Param() { folder, id, file }: { folder: string; id?: string; file: string },
    @Query('expires') expires: unknown,
    @Query('signature') signature: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    if (!(this.storage instanceof DiskStorage)) throw new Problem('route_not_found');
    const wellFormed =
      typeof expires === 'string' &&
      /^\d{10}$/.test(expires) &&
      typeof signature === 'string' &&
      signature.length <= 64;
    const key = [folder, ...(id === undefined ? [] : [id]), file].join('/');
    const found = wellFormed ? await this.storage.openSigned(key, Number(expires), signature) : null;
    if (found === null) throw new Problem('link_invalid');
    // Other origins may embed the picture: the link itself is the permission.
    reply.headers({
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'private, max-age=300, immutable',
    });
    return new StreamableFile(found.stream, { type: found.contentType, length: found.bytes });
  }
}
