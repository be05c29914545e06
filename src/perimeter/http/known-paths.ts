import type { FastifyInstance } from 'fastify';
import findMyWay from 'find-my-way';
import { requestLimits } from '../../../config/policy/perimeter/http.js';
import { Problem } from '../../errors/problem.js';
import { pathOf } from './request-path.js';

/** Methods that the service uses on any path. */
const described = 'GET';

/**
 * The methods of each path: a known path with another method gets 405 with Allow, or the answer to OPTIONS, instead of
 * 404. Uses Fastify's router (find-my-way), filled as routes are added.
 */
export class KnownPaths {
  private readonly methods = new Map<string, Set<string>>();
  private readonly router = findMyWay({ maxParamLength: requestLimits.pathParamCharacters });

  /** Call before any route is added. */
  static of(server: FastifyInstance): KnownPaths {
    const paths = new KnownPaths();
    server.addHook('onRoute', ({ url, method }) => {
      // Skips the catch-all routes of plugins.
      if (url === '*' || url === '/*') return;
      for (const one of [method].flat()) paths.add(url, one);
    });
    return paths;
  }

  /** The methods of a path, as Allow lists them; null when there is no such path. */
  allowed(path: string): string | null {
    const found = this.router.find(described, path);
    return found === null ? null : [...(found.store as Set<string>), 'OPTIONS'].join(', ');
  }

  private add(url: string, method: string): void {
    if (method === 'OPTIONS') return;
    const known = this.methods.get(url);
    if (known !== undefined) {
      known.add(method);
      return;
    }
    const methods = new Set([method]);
    this.methods.set(url, methods);
    this.router.on(described, url, () => undefined, methods);
  }
}

/** Runs after the address limits: answers 405 or OPTIONS where the path exists with other methods. */
export function answerKnownPaths(server: FastifyInstance, paths: KnownPaths): void {
  server.addHook('onRequest', (request, reply, done) => {
    const allow = request.is404 ? paths.allowed(pathOf(request.url)) : null;
    if (allow === null) done();
    else if (request.method === 'OPTIONS') void reply.code(204).header('allow', allow).send();
    else done(new Problem('method_not_allowed', { headers: { allow } }));
  });
}
