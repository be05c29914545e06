import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';
import { compressFromBytes, uncompressedPaths } from '../../../config/policy/perimeter/http.js';

/**
 * Compresses answers of some length, but for those that carry secrets: beside text that somebody else chose, the length of
 * a compressed answer tells of them (BREACH).
 */
export async function compressAnswers(server: FastifyInstance): Promise<void> {
  server.addHook('onRoute', (route) => {
    const { url } = route;
    if (uncompressedPaths.some((path) => url === path || url.startsWith(`${path}/`))) route.compress = false;
  });
  await server.register(compress, {
    global: true,
    threshold: compressFromBytes,
    encodings: ['br', 'gzip'],
  });
}
