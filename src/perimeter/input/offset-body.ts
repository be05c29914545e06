import type { FastifyInstance, FastifyRequest } from 'fastify';
import { uploadsPath } from '../../../config/policy/perimeter/http.js';
import { Problem } from '../../errors/problem.js';

/** Of the bytes of a resumable upload (tus.io). */
export const offsetMediaType = 'application/offset+octet-stream';

/** Accepts the bytes of resumable uploads on their route, unread: the feature reads them as they come. */
export function acceptOffsetBodies(server: FastifyInstance): void {
  server.addContentTypeParser(offsetMediaType, (request, _payload, done) => {
    const isTheirs = request.routeOptions.url === `/${uploadsPath}/:id`;
    done(isTheirs ? null : new Problem('content_type_unsupported'), undefined);
  });
}

/** @throws Problem `content_type_unsupported` */
export function requireOffsetBody({ headers }: FastifyRequest): void {
  if (headers['content-type']?.toLowerCase() !== offsetMediaType)
    throw new Problem('content_type_unsupported');
}
