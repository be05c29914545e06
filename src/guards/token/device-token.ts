import type { FastifyRequest } from 'fastify';

const longest = 128;

/** The `X-Device-Token` of a request; null when there is none that could be one. */
export function deviceTokenOf(request: FastifyRequest): string | null {
  const token = request.headers['x-device-token'];
  return typeof token === 'string' && token.length > 0 && token.length <= longest ? token : null;
}
