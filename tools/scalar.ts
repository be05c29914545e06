// Scalar's API reference as one script for browsers. The package that holds it serves it as a Fastify plugin, beside a page with an
// inline script that our policy refuses: the build takes the script alone, and the page is ours (src/api-reference/).
import { mkdir, stat, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const prefix = '/reference';

/** Writes the compressed script to `target`, unless it is newer than `since` (milliseconds since the epoch). */
export async function writeScalar(target: string, since: number): Promise<void> {
  const made = await stat(target).catch(() => null);
  if (made !== null && made.mtimeMs > since) return;
  const text = await promisify(gzip)(await readScript(), { level: 9 });
  await mkdir(dirname(target), { recursive: true });
  const draft = `${target}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, target);
}

async function readScript(): Promise<Buffer> {
  const [{ default: fastify }, { default: scalar }] = await Promise.all([
    import('fastify'),
    import('@scalar/fastify-api-reference'),
  ]);
  const server = fastify();
  const content = { openapi: '3.1.0', info: { title: 'none', version: '0' }, paths: {} };
  await server.register(scalar, { routePrefix: prefix, configuration: { content } });
  const { statusCode, rawPayload } = await server.inject(`${prefix}/js/scalar.js`);
  await server.close();
  if (statusCode !== 200)
    throw new Error(`@scalar/fastify-api-reference answers ${statusCode} for its script`);
  return rawPayload;
}
