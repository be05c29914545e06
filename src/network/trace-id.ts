import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Kept once it has been read; empty before. */
    traceId: string;
  }
}

/** Version, trace, parent and flags (W3C Trace Context); of a later version more may follow. */
const traceparent = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;
const longest = 256;

/** The trace that a valid `traceparent` names, 32 hexadecimal digits; without one, the request begins a trace of its own. */
export function traceIdOf(request: FastifyRequest): string {
  // Absent where Fastify refuses a request before its hooks.
  if (((request.traceId as string | undefined) ?? '') === '')
    request.traceId = readTraceId(request.headers['traceparent']) ?? request.id.replaceAll('-', '');
  return request.traceId;
}

/** The `traceparent` itself, as version 00 has it; null when the header is none, or not valid. */
export function readTraceparent(header: unknown): string | null {
  return readTraceId(header) === null ? null : `00${String(header).slice(2, 55)}`;
}

/** Null when the header is none, or not valid. */
export function readTraceId(header: unknown): string | null {
  if (typeof header !== 'string' || header.length > longest) return null;
  const [, version, traceId, more] = traceparent.exec(header) ?? [];
  return traceId === undefined || (version === '00' && more !== undefined) ? null : traceId;
}
