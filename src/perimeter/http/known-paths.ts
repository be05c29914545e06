import type { FastifyInstance } from 'fastify';
import findMyWay from 'find-my-way';
import { requestLimits } from '../../../config/policy/perimeter/http.js';
import { Problem } from '../../errors/problem.js';

/** The one method of the router: it only matches paths. */
const described = 'GET';

interface KnownPath {
  /** As declared, with its parameters. */
  readonly url: string;
  readonly methods: Set<string>;
}

/**
 * The methods of each path: a known path with another method gets 405 with Allow, or the answer to OPTIONS, instead of
 * 404. Uses Fastify's router (find-my-way), filled as routes are added.
 */
export class KnownPaths {
  private readonly routes = new Map<string, KnownPath>();
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

  /**
   * The path of a request target as it was sent, or null. The router decodes it, once, as Fastify's does: a target that is
   * decoded before would be decoded twice.
   */
  find(target: string): KnownPath | null {
    const found = this.router.find(described, target);
    return (found?.store as KnownPath | null | undefined) ?? null;
  }

  private add(url: string, method: string): void {
    if (method === 'OPTIONS') return;
    const known = this.routes.get(url);
    if (known !== undefined) {
      known.methods.add(method);
      return;
    }
    const path: KnownPath = { url, methods: new Set([method]) };
    this.routes.set(url, path);
    this.router.on(described, url, () => undefined, path);
  }
}

/** Runs after the address limits: answers 405 or OPTIONS where the path exists with other methods. */
export function answerKnownPaths(server: FastifyInstance, paths: KnownPaths): void {
  server.addHook('onRequest', (request, reply, done) => {
    const known = request.is404 ? paths.find(request.url) : null;
    if (known === null) {
      done();
      return;
    }
    const allow = [...known.methods, 'OPTIONS'].join(', ');
    if (request.method === 'OPTIONS') void reply.code(204).header('allow', allow).send();
    else done(new Problem('method_not_allowed', { headers: { allow } }));
  });
}
