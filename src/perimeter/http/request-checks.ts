import type { FastifyRequest } from 'fastify';
import { requestLimits } from '../../../config/policy/perimeter/http.js';
import { Problem } from '../../errors/problem.js';

/** The fault of a request, checked before routing; null when there is none. */
export function faultOf(request: FastifyRequest): Problem | null {
  const { url, raw, headers } = request;
  if (url.length > requestLimits.urlBytes) return new Problem('url_too_long');
  if (bytesOf(raw.rawHeaders) > requestLimits.headerBytes) return new Problem('headers_too_large');
  if (!hasOneHost(raw.rawHeaders)) return new Problem('host_missing');
  if (overrides.some((name) => headers[name] !== undefined)) return new Problem('method_override_refused');
  const encoding = headers['content-encoding'];
  // Decompression would allow a decompression bomb.
  if (encoding !== undefined && encoding !== 'identity') return new Problem('content_encoding_unsupported');
  const query = url.indexOf('?');
  return query === -1 ? null : faultOfQuery(url.slice(query + 1));
}

/** Headers by which some frameworks override the method. */
const overrides = ['x-http-method-override', 'x-http-method', 'x-method-override'] as const;

/** As the parser counts: names and values. */
function bytesOf(rawHeaders: readonly string[]): number {
  let bytes = 0;
  for (const text of rawHeaders) bytes += text.length;
  return bytes;
}

/** Requires exactly one well-formed Host line (RFC 9112, 3.2); its value is never used. */
function hasOneHost(rawHeaders: readonly string[]): boolean {
  let value: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length !== 4 || name.toLowerCase() !== 'host') continue;
    if (value !== undefined) return false;
    value = rawHeaders[at + 1] ?? '';
  }
  return value !== undefined && /^[A-Za-z0-9._:[\]-]{1,255}$/.test(value);
}

/**
 * Each parameter once, not too many, and none for prototype pollution: parsers differ on duplicates (parameter
 * pollution).
 */
function faultOfQuery(query: string): Problem | null {
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (
      name.includes('\0') ||
      value.includes('\0') ||
      seen.has(name) ||
      name in Object.prototype ||
      name === 'prototype' ||
      seen.size >= requestLimits.queryParameters
    )
      return new Problem('query_invalid');
    seen.add(name);
  }
  return null;
}
