import type { FastifyInstance, FastifyRequest } from 'fastify';
import { apiPrefix } from '../../config/policy/http.js';
import type { RateLimitName } from '../../config/policy/rate-limits.js';
import type { RateLimiter } from './rate-limiter.js';
import { pathOf } from './request-path.js';

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
    const who = request.clientAddress.key;
    if (rule !== null) await limiter.take([{ rule, who }], request, reply);
    // Nobody will be asked who they are.
    else if (request.is404) await limiter.take([{ rule: 'api_standard', who }], request, reply);
  });
  // Of guesses at a password only the wrong ones count: not one that was right, was no login, or could not be checked.
  server.addHook('onSend', async (request, reply) => {
    if (request.counted?.isGuess === true && reply.statusCode !== 401) await limiter.giveBack(request);
  });
}
