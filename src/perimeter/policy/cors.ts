import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../../config/config.js';
import { corsPolicy } from '../../../config/policy/perimeter/headers.js';
import type { Headers } from './security-headers.js';

/**
 * Cross-origin reads by exact origin. The origin in an answer comes from the configuration, never from the request, and
 * credentials are not allowed: this API uses no cookies.
 */
export class Cors {
  private readonly answers: ReadonlyMap<string, Headers>;
  private readonly requestHeaders: string;

  constructor({ corsOrigins, corsAllowedHeaders }: Pick<Config, 'corsOrigins' | 'corsAllowedHeaders'>) {
    this.answers = new Map(corsOrigins.map((origin) => [origin, allowing(origin)]));
    const known = new Set(corsPolicy.requestHeaders.map((name) => name.toLowerCase()));
    const added = corsAllowedHeaders.filter((name) => !known.has(name.toLowerCase()));
    this.requestHeaders = [...corsPolicy.requestHeaders, ...added].join(', ');
  }

  /** The headers of an answer to this origin; undefined where the request names none, or none that can be read. */
  headersFor(origin: string | undefined): Headers {
    return (origin === undefined ? undefined : this.answers.get(origin)) ?? anyOrigin;
  }

  /** For requests of which only bytes are known: the last Origin line among them. Bytes that never came name none. */
  headersForBytes(bytes: Buffer): Headers {
    const lines = bytes.toString('latin1').matchAll(/\r?\norigin:[ \t]*([^\s]+)[ \t]*(?=\r?\n)/gi);
    return this.headersFor([...lines].at(-1)?.[1]);
  }

  headersForMessage({ headers }: IncomingMessage): Headers {
    return this.headersFor(headers.origin);
  }

  /** Answers a preflight; false when this is none. */
  answerPreflight({ method, headers }: FastifyRequest, reply: FastifyReply): boolean {
    const { origin, 'access-control-request-method': asked } = headers;
    if (method !== 'OPTIONS' || origin === undefined || asked === undefined) return false;
    if (this.answers.has(origin)) {
      reply
        .header('access-control-allow-methods', corsPolicy.methods)
        .header('access-control-allow-headers', this.requestHeaders)
        .header('access-control-max-age', String(corsPolicy.maxAgeSeconds));
    }
    void reply.code(204).send();
    return true;
  }
}

const anyOrigin: Headers = { vary: 'Origin' };

const allowing = (origin: string): Headers => ({
  ...anyOrigin,
  'access-control-allow-origin': origin,
  'access-control-expose-headers': corsPolicy.exposedHeaders,
});
