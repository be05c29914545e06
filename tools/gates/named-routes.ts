// Checks that routes which documents and texts of the source name exist, by docs/routes.md, which is generated from the running service.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './gate.ts';

/** Documents leave the prefix out where a section says it. */
const prefixes = ['', '/api/v1', '/api/v1/openai'];
const named = /\b(GET|POST|PUT|PATCH|DELETE) (\/[\w./:{}<>*-]*[\w}>*])/g;
const parameter = /\{[^}]*\}|<[^>]*>|:\w+/g;

/** Faults of `files` in the project at the path `root`, besides docs/routes.md itself. */
export function namedRouteFaults(root: string, files: readonly string[]): Fault[] {
  const routes = routesOf(root);
  const texts = [
    ...files.filter((file) => file !== 'docs/routes.md'),
    ...globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.spec.ts')),
  ].sort();
  return texts.flatMap((file) => {
    const found = Array.from(readFileSync(join(root, file), 'utf8').matchAll(named), ([route]) => route);
    return [...new Set(found)]
      .filter((route) => {
        const [method = '', path = ''] = route.replace(parameter, '{}').split(' ');
        return !prefixes.some((prefix) => routes.has(`${method} ${prefix}${path}`));
      })
      .map((route) => ({ rule: 'dead-route', where: file, text: `names ${route}, which is no route` }));
  });
}

function routesOf(root: string): ReadonlySet<string> {
  const file = join(root, 'docs/routes.md');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const found = text.matchAll(/^\| `([A-Z]+ \S+)`/gm);
  return new Set(Array.from(found, ([, route = '']) => route.replace(parameter, '{}')));
}
