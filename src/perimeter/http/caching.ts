import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sha256 } from '../../crypto/hash.js';
import { isCatalogue } from '../output/catalogue.js';

const tagCharacters = 22;

/**
 * What a client may keep (RFC 9110, section 13; RFC 9111). Catalogues get a tag of their text, and 304 for who has it; media and assets say
 * themselves how long they are good; everything else is `no-store` without a tag. Unless `isEnabled`, so is every answer. To be called before
 * answers are compressed: a tag is of the text.
 */
export function answerFromCaches(server: FastifyInstance, isEnabled: boolean): void {
  if (isEnabled) tagCatalogues(server);
  else keepNothing(server);
}

function tagCatalogues(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    if (!isCatalogue(route.config)) return;
    route.onSend = [
      (
        request: FastifyRequest,
        reply: FastifyReply,
        payload: unknown,
        done: (e: null, p: unknown) => void,
      ) => {
        done(null, revalidated(request, reply, payload));
      },
      ...[route.onSend ?? []].flat(),
    ];
  });
}

/** Weak: the same for each encoding. `no-cache`: kept, and asked for again each time, with the permission of who asks. */
function revalidated({ headers }: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (reply.statusCode !== 200 || typeof payload !== 'string') return payload;
  const tag = `"${sha256(payload).toString('base64url').slice(0, tagCharacters)}"`;
  reply.headers({ etag: `W/${tag}`, 'cache-control': 'private, no-cache' });
  if (!names(headers['if-none-match'], tag)) return payload;
  reply.code(304).removeHeader('content-type').removeHeader('content-length');
  return null;
}

function keepNothing(server: FastifyInstance): void {
  server.addHook('onRequest', (request, _reply, done) => {
    delete request.headers['if-none-match'];
    delete request.headers['if-modified-since'];
    done();
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    reply.removeHeader('etag').removeHeader('last-modified');
    done(null, payload);
  });
}

/** Whether `If-None-Match` names the tag, by the weak comparison. */
const names = (header: string | undefined, tag: string): boolean =>
  header?.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag) === true;
