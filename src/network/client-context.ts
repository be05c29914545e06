import type { FastifyRequest } from 'fastify';

const deviceTokenCharacters = 128;

/** The client of a request, for sessions, limits and security events. */
export interface ClientContext {
  /** The client's address, in its one canonical spelling. */
  readonly ip: string;
  readonly requestId: string;
  /** Null for unauthenticated requests. */
  readonly userId: string | null;
  /** The User-Agent; `unknown` where there is none. */
  readonly device: string;
  /** The token of a known device (`X-Device-Token`), not verified; null when missing or too long. */
  readonly deviceToken: string | null;
}

/** The client of a request, from its address, caller and headers. */
export const clientContextOf = (request: FastifyRequest): ClientContext => ({
  ip: request.clientAddress.ip,
  requestId: request.id,
  userId: request.caller?.userId ?? null,
  device: request.headers['user-agent'] ?? 'unknown',
  deviceToken: deviceTokenOf(request),
});

/** The `X-Device-Token` header; null when missing or too long. Not verified. */
export function deviceTokenOf(request: FastifyRequest): string | null {
  const token = request.headers['x-device-token'];
  return typeof token === 'string' && token.length > 0 && token.length <= deviceTokenCharacters
    ? token
    : null;
}
