import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';
import { compressFromBytes, uncompressedPaths } from '../../../config/policy/perimeter/http.js';

/**
 * Compresses longer answers, except those that carry secrets: next to text that an attacker chose, the compressed
 * length reveals them (BREACH).
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
