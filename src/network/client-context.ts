import type { FastifyRequest } from 'fastify';

const deviceTokenCharacters = 128;

/** Who sends a request and from where, as sessions, throttles and security events know it. */
export interface ClientContext {
  /** The client's address, in its one canonical spelling. */
  readonly ip: string;
  readonly requestId: string;
  /** Null where nobody is signed in. */
  readonly userId: string | null;
  /** The User-Agent; `unknown` where there is none. */
  readonly device: string;
  /** What a device that signed in before was given then (`X-Device-Token`); null when there is none that could be one. */
  readonly deviceToken: string | null;
}

export const clientContextOf = (request: FastifyRequest): ClientContext => ({
  ip: request.clientAddress.ip,
  requestId: request.id,
  userId: request.caller?.userId ?? null,
  device: request.headers['user-agent'] ?? 'unknown',
  deviceToken: deviceTokenOf(request),
});

export function deviceTokenOf(request: FastifyRequest): string | null {
  const token = request.headers['x-device-token'];
  return typeof token === 'string' && token.length > 0 && token.length <= deviceTokenCharacters
    ? token
    : null;
}
