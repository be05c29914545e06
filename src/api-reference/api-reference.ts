import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { docsPaths, securityPolicy } from '../../config/policy/perimeter/headers.js';
import { Problem } from '../errors/problem.js';
import { withCodeSamples } from './code-samples.js';
import { withErrorLinks } from './error-links.js';
import { errorsHtml } from './errors-html.js';
import { pageHtml } from './page-html.js';
import { compressedFile, hashOf, sendStatic, staticFile, type StaticFile } from './static-file.js';

const html = 'text/html; charset=utf-8';
const script = 'text/javascript; charset=utf-8';
const unchanging = 'public, max-age=31536000, immutable';
/** May be stored, and is asked for again each time. */
const revalidated = 'no-cache';

interface Reference {
  readonly page: StaticFile;
  /** By name; their folder carries the hash of them all. */
  readonly files: ReadonlyMap<string, StaticFile>;
  readonly version: string;
}

/**
 * Serves `/docs`, its scripts, `/docs/errors` and `/docs-json`. Nothing is read or made before it is asked for: a start costs no more.
 * @param describe the description without samples; called once, by the first request of `/docs-json`
 */
export function serveReference(server: FastifyInstance, describe: () => OpenAPIObject): void {
  let reference: Reference | null = null;
  let [description, errors]: [StaticFile | null, StaticFile | null] = [null, null];
  server.get(docsPaths.page, (request, reply) => {
    const { page } = (reference ??= readReference());
    reply.header('content-security-policy', securityPolicy.docsContentSecurityPolicy);
    return sendStatic(request, reply, page, revalidated);
  });
  server.get(docsPaths.errors, (request, reply) => {
    errors ??= staticFile(html, errorsHtml());
    reply.header('content-security-policy', securityPolicy.docsContentSecurityPolicy);
    return sendStatic(request, reply, errors, revalidated);
  });
  server.get<{ Params: { version: string; file: string } }>(
    `${docsPaths.page}/:version/:file`,
    (request, reply) => {
      const { version, files } = (reference ??= readReference());
      const file = request.params.version === version ? files.get(request.params.file) : undefined;
      if (file === undefined) throw new Problem('not_found');
      return sendStatic(request, reply, file, unchanging);
    },
  );
  server.get(docsPaths.description, (request, reply) => {
    description ??= staticFile(
      'application/json; charset=utf-8',
      JSON.stringify(withCodeSamples(withErrorLinks(ofThisService(describe())))),
    );
    return sendStatic(request, reply, description, revalidated);
  });
}

/** Requests of the page go to the origin that served it, which its policy allows alone. */
const ofThisService = (document: OpenAPIObject): OpenAPIObject => ({
  ...document,
  servers: [{ url: '/', description: 'This service' }],
});

/** Compiled modules lie beside this file or, for the bundle, in the folder next to it. */
function readReference(): Reference {
  const folder = ['browser', '../src/api-reference/browser']
    .map((path) => join(import.meta.dirname, path))
    .find((path) => existsSync(join(path, 'scalar.js.gz')));
  // `nest build` alone does not make it.
  if (folder === undefined) throw new Problem('not_found');
  const modules = ['page.js', 'session.js'].map((name): [string, StaticFile] => [
    name,
    staticFile(script, readFileSync(join(folder, name), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '')),
  ]);
  const files = new Map<string, StaticFile>([
    ...modules,
    ['scalar.js', compressedFile(script, readFileSync(join(folder, 'scalar.js.gz')))],
  ]);
  const version = hashOf(...[...files.values()].map(({ plain }) => plain));
  const page = staticFile(html, pageHtml(`${docsPaths.page}/${version}`));
  return { page, files, version };
}
