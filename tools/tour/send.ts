import { request, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ClientOptions } from '#dist/client/src/index.js';

/** What the client sends its requests by. */
export type Send = NonNullable<ClientOptions['fetch']>;

export const sendByFetch: Send = (url, init) => fetch(url, init);

/**
 * Sends over http from this local address, which `fetch` cannot choose: a different one for each tour gets its own rate limits.
 * Bodies are texts. Rejects with the error of the connection, or with the reason of an aborted signal.
 */
export function sendFrom(localAddress: string): Send {
  return (url, { method = 'GET', headers, body, signal }) =>
    new Promise((resolve, reject) => {
      if (body !== undefined && body !== null && typeof body !== 'string')
        throw new TypeError('the tour sends no files');
      const outgoing = request(
        url,
        {
          method,
          localAddress,
          agent: false,
          headers: Object.fromEntries(headers),
          ...(signal ? { signal } : {}),
        },
        (incoming) => {
          resolve(toResponse(incoming));
        },
      );
      outgoing.on('error', (error) => {
        reject(signal?.aborted === true ? (signal.reason as Error) : error);
      });
      outgoing.end(body ?? undefined);
    });
}

/** Statuses whose answers have no body, so that a Response takes none. */
const withoutBody = [204, 205, 304];

function toResponse(incoming: IncomingMessage): Response {
  const { statusCode: status = 0, rawHeaders } = incoming;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  if (!withoutBody.includes(status))
    return new Response(Readable.toWeb(incoming) as ReadableStream, { status, headers });
  incoming.resume();
  return new Response(null, { status, headers });
}
