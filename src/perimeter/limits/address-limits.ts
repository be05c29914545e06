import type { FastifyInstance, FastifyRequest } from 'fastify';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import type { RateLimitName } from '../../../config/policy/perimeter/rate-limits.js';
import type { RateLimiter } from './rate-limiter.js';
import type { KnownPaths } from '../http/known-paths.js';

/** Rules counted by address run before any work and for any method: a wrong method on a limited path counts too. */
const byPath: Readonly<Record<string, (request: FastifyRequest) => RateLimitName | null>> = {
  [`/${apiPrefix}/auth/register`]: () => 'auth_register',
  [`/${apiPrefix}/auth/password-reset`]: () => 'password_reset',
  [`/${apiPrefix}/auth/email-resend`]: () => 'password_reset',
  // A POST is limited by account, once its body is read.
  [`/${apiPrefix}/auth/login`]: ({ method }) => (method === 'POST' ? null : 'auth_login'),
};

/** Paths whose requests a rule counts by address before routing, whatever becomes of them. */
export const pathsLimitedByAddress: readonly string[] = Object.keys(byPath).filter(
  (path) => !path.endsWith('/login'),
);

/** Adds the hooks that limit by client address before routing, and give back what must not count. */
export function limitByAddress(server: FastifyInstance, limiter: RateLimiter, paths: KnownPaths): void {
  server.addHook('onRequest', (request, reply, done) => {
    const rule = request.method === 'OPTIONS' ? null : ruleFor(request, paths);
    if (rule === null) {
      done();
      return;
    }
    void whenTaken(() => limiter.take([{ rule, who: request.clientAddress.key }], request, reply), done);
  });
  // Only failed login attempts count: not a success, an invalid request, or an attempt that could not be checked.
  server.addHook('onSend', (request, reply, payload, done) => {
    const isDone = request.counted?.isGuess !== true || reply.statusCode === 401;
    if (isDone) {
      done(null, payload);
      return;
    }
    limiter.giveBack(request).then(
      () => {
        done(null, payload);
      },
      (error: unknown) => {
        done(error as null, payload);
      },
    );
  });
}

function ruleFor(request: FastifyRequest, paths: KnownPaths): RateLimitName | null {
  // The router's match decides, however the URL is spelled; for another method the path alone is matched.
  const path = request.routeOptions.url ?? paths.find(request.url)?.url;
  const rule = (path === undefined ? undefined : byPath[path]?.(request)) ?? null;
  // Unknown paths reach no guard, so they are limited here.
  return rule ?? (request.is404 ? 'api_standard' : null);
}

async function whenTaken(take: () => unknown, done: (error?: Error) => void): Promise<void> {
  try {
    await take();
  } catch (error) {
    done(error as Error);
    return;
  }
  done();
}
