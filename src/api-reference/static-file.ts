import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A text that does not change while the service runs, in both encodings. */
export interface StaticFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzip: Buffer;
  /** Strong, of the plain text. */
  readonly tag: string;
}

export const hashOf = (...parts: readonly Buffer[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('base64url').slice(0, 16);
};

export function staticFile(type: string, text: string): StaticFile {
  const plain = Buffer.from(text);
  return { type, plain, gzip: gzipSync(plain), tag: hashOf(plain) };
}

/** From a file that is stored compressed. */
export function compressedFile(type: string, gzip: Buffer): StaticFile {
  const plain = gunzipSync(gzip);
  return { type, plain, gzip, tag: hashOf(plain) };
}

/** 200, or 304 when the client has it. No secret is in any of these texts, so that compressing them reveals none. */
export function sendStatic(
  request: FastifyRequest,
  reply: FastifyReply,
  file: StaticFile,
  cacheControl: string,
): FastifyReply {
  const isGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  // Each encoding is a representation of its own (RFC 9110, section 8.8.3).
  const tag = `"${file.tag}${isGzip ? '-gzip' : ''}"`;
  // The answer carries `Vary: Origin` already.
  reply.headers({ etag: tag, 'cache-control': cacheControl, vary: 'Origin, Accept-Encoding' });
  const known = (request.headers['if-none-match'] ?? '').split(/\s*,\s*/);
  if (known.some((one) => one.replace(/^W\//, '') === tag)) return reply.code(304).send();
  if (isGzip) reply.header('content-encoding', 'gzip');
  return reply.header('content-type', file.type).send(isGzip ? file.gzip : file.plain);
}
