import type { FastifyInstance, FastifyRequest } from 'fastify';
import { apiPrefix } from '../../config/policy/http.js';
import type { RateLimitName } from '../../config/policy/rate-limits.js';
import type { RateLimiter } from './rate-limiter.js';

/** Rules counted by address run before any work and for any method: a wrong method on a guarded path is a guess too. */
const byPath: Readonly<Record<string, (request: FastifyRequest) => RateLimitName | null>> = {
  [`/${apiPrefix}/auth/register`]: () => 'auth_register',
  [`/${apiPrefix}/auth/password-reset`]: () => 'password_reset',
  [`/${apiPrefix}/auth/email-resend`]: () => 'password_reset',
  // A POST names an account, and is counted by it once its body is known.
  [`/${apiPrefix}/auth/login`]: ({ method }) => (method === 'POST' ? null : 'auth_login'),
};

export function limitByAddress(server: FastifyInstance, limiter: RateLimiter): void {
  server.addHook('onRequest', async (request, reply) => {
    if (request.method === 'OPTIONS') return;
    // What the router found is what will run, however the URL was spelled; where it found nothing, we read it ourselves.
    const rule = byPath[request.routeOptions.url ?? pathOf(request.url)]?.(request) ?? null;
    if (rule !== null) await limiter.take(rule, request.clientAddress.key, request, reply);
  });
  // Of guesses at a password only the wrong ones count: not one that was right, was no login, or could not be checked.
  server.addHook('onSend', async (request, reply) => {
    const isGuess = request.counted?.some((reservation) => reservation.isGuess) === true;
    if (isGuess && reply.statusCode !== 401) await limiter.giveBack(request);
  });
}

/** The path of a request target in origin or absolute form, as a router would read it. */
function pathOf(target: string): string {
  const [path = ''] = target.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#;]/, 1);
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
