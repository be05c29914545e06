import { send } from '@fastify/send';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mediaCachedSeconds } from '../../../config/policy/generations/storage.js';
import { Problem } from '../../errors/problem.js';
import { Open } from '../../guards/route/access.js';
import { Unlimited } from '../../guards/route/limit.js';
import { Log } from '../../observability/log.js';
import { attachmentNamed } from './content-disposition.js';
import { DiskStorage, type SignedLink } from './disk-storage.js';

/** Characters; an HMAC-SHA-256 has 43 of base64url. */
const longestSignature = 64;

/** Serves the signed links of the disk storage. The signature is the authorization. */
@ApiExcludeController()
@Open()
@Unlimited()
@Controller('media')
export class MediaController {
  constructor(
    private readonly storage: DiskStorage,
    private readonly log: Log,
  ) {}

  /** Both shapes of keys; the storage validates them. Ranges and conditional requests (RFC 9110) are answered. */
  @Get([':folder/:file', ':folder/:id/:file'])
  async read(
    @Param() { folder, id, file }: { folder: string; id?: string; file: string },
    @Query() query: Readonly<Record<string, unknown>>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { storage } = this;
    const link = linkOf([folder, ...(id === undefined ? [] : [id]), file].join('/'), query);
    const found = link === null ? 'invalid' : await storage.resolveLink(link);
    if (found === 'invalid') throw new Problem('link_invalid');
    if (found === 'damaged')
      this.log.error('a stored object has another size than it was stored with', { key: link?.key });
    if (typeof found === 'string') throw new Problem('object_gone');
    const sent = await send(request.raw, found.path, {
      root: storage.folder,
      cacheControl: false,
      contentType: false,
      dotfiles: 'deny',
    });
    const { statusCode, headers, stream } = sent;
    if (sent.type !== 'file') {
      // Not the page that the library would send.
      stream.destroy();
      if (statusCode === 412) throw new Problem('precondition_failed');
      if (statusCode !== 416) throw new Problem('object_gone');
      throw new Problem('range_unsatisfiable', {
        headers: { 'content-range': headers['Content-Range'] ?? 'bytes */*' },
      });
    }
    await reply
      .code(statusCode)
      .headers(headers)
      .headers({
        'content-type': found.contentType,
        ...(found.fileName === null ? {} : { 'content-disposition': attachmentNamed(found.fileName) }),
        // Other origins may embed the picture: the link itself is the permission.
        'cross-origin-resource-policy': 'cross-origin',
        // Never longer than the link is good.
        'cache-control': `private, max-age=${Math.min(mediaCachedSeconds, found.secondsLeft)}, immutable`,
      })
      .send(stream);
  }
}

/** Null when it cannot be a link of ours. */
function linkOf(
  key: string,
  { expires, bytes, name, signature }: Readonly<Record<string, unknown>>,
): SignedLink | null {
  if (typeof expires !== 'string' || !/^\d{10}$/.test(expires)) return null;
  if (typeof signature !== 'string' || signature.length > longestSignature) return null;
  if (bytes !== undefined && (typeof bytes !== 'string' || !/^\d{1,15}$/.test(bytes))) return null;
  if (name !== undefined && (typeof name !== 'string' || !/^[\w-]{1,2000}$/.test(name))) return null;
  return {
    key,
    expires: Number(expires),
    bytes: bytes === undefined ? null : Number(bytes),
    fileName: name === undefined ? null : Buffer.from(name, 'base64url').toString(),
    signature,
  };
}
