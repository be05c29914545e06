import type { FastifyInstance, FastifyRequest } from 'fastify';
import { apiPrefix } from '../../config/policy/http.js';
import type { RateLimitName } from '../../config/policy/rate-limits.js';
import type { RateLimiter } from './rate-limiter.js';

/** Rules counted by address run before routing, for any method: a wrong method on a guarded path is a guess too. */
const byPath: Readonly<Record<string, (request: FastifyRequest) => RateLimitName | null>> = {
  [`/${apiPrefix}/auth/register`]: () => 'auth_register',
  // A POST names an account, and is counted by it once its body is known.
  [`/${apiPrefix}/auth/login`]: ({ method }) => (method === 'POST' ? null : 'auth_login'),
};

export function limitByAddress(server: FastifyInstance, limiter: RateLimiter): void {
  server.addHook('onRequest', async (request, reply) => {
    if (request.method === 'OPTIONS') return;
    const rule = byPath[pathOf(request.url)]?.(request) ?? null;
    if (rule !== null) await limiter.take(rule, request.clientAddress.key, request, reply);
  });
}

/** As the router will read it: an encoded letter must not lead past the limit and still to the route. */
function pathOf(url: string): string {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
