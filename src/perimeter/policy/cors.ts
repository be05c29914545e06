import type { FastifyReply, FastifyRequest } from 'fastify';
import { corsPolicy } from '../../../config/policy/perimeter/headers.js';

/**
 * Cross-origin reads by exact origin. The origin in an answer comes from the configuration, never from the request, and
 * credentials are not allowed: this API uses no cookies.
 */
export class Cors {
  private readonly origins: ReadonlyMap<string, string>;

  constructor(origins: readonly string[]) {
    this.origins = new Map(origins.map((origin) => [origin, origin]));
  }

  /** Adds the headers for an allowed origin. True when this was a preflight, which is then answered. */
  apply(request: FastifyRequest, reply: FastifyReply): boolean {
    const { origin } = request.headers;
    reply.header('vary', 'Origin');
    const allowed = origin === undefined ? undefined : this.origins.get(origin);
    if (allowed !== undefined) {
      reply
        .header('access-control-allow-origin', allowed)
        .header('access-control-expose-headers', corsPolicy.exposedHeaders);
    }
    if (
      request.method !== 'OPTIONS' ||
      origin === undefined ||
      request.headers['access-control-request-method'] === undefined
    )
      return false;
    if (allowed !== undefined) {
      reply
        .header('access-control-allow-methods', corsPolicy.methods)
        .header('access-control-allow-headers', corsPolicy.requestHeaders)
        .header('access-control-max-age', String(corsPolicy.maxAgeSeconds));
    }
    void reply.code(204).send();
    return true;
  }
}
