import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import {
  maxAnswerBytes,
  modelConnectTimeoutMs,
  modelIdleMs,
} from '../../../config/policy/assistants/models.js';
import { ModelFailed } from '../../ports/assistants/language-model.js';
import { KeptConnections, NotSent, sendOnce } from '../https/single-request.js';

/** More came than an answer may have. */
class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/** Statuses that have no body. */
const bodyless: ReadonlySet<number> = new Set([204, 205, 304]);

const kept = new KeptConnections(modelIdleMs);

/**
 * `fetch` for one call: one request, for a second one would be paid beside what is reserved; no redirect, for it would carry the
 * key along; and no more than an answer may have, for a line that never ends would be kept in memory as a whole.
 */
export function singleFetch(): { readonly fetch: typeof fetch; readonly isSent: () => boolean } {
  let isSent = false;
  const single: typeof fetch = async (input, init) => {
    if (isSent) throw new ModelFailed('failed', 'answer in several requests', true);
    isSent = true;
    const answer = await open(input, init).catch((cause: unknown) => {
      const wasSent = !(cause instanceof NotSent);
      if (wasSent && init?.signal?.aborted === true) throw cause;
      // Without the cause, which names the address.
      throw new ModelFailed('unavailable', 'connection failed', wasSent);
    });
    const { statusCode: status = 0, statusMessage: statusText = '' } = answer;
    if (status >= 300 && status < 400) {
      answer.destroy();
      throw new ModelFailed('unavailable', 'connection failed', true);
    }
    const headers = headersOf(answer);
    if (bodyless.has(status)) {
      answer.resume();
      return new Response(null, { status, statusText, headers });
    }
    let bytes = 0;
    const counted = Readable.toWeb(answer).pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller): void {
          bytes += chunk.byteLength;
          if (bytes > maxAnswerBytes) controller.error(new AnswerTooLarge());
          else controller.enqueue(chunk);
        },
      }),
    );
    return new Response(counted, { status, statusText, headers });
  };
  return { fetch: single, isSent: () => isSent };
}

/** @throws NotSent where there was no connection */
async function open(input: Parameters<typeof fetch>[0], init: RequestInit = {}): Promise<IncomingMessage> {
  const { body = null, signal } = init;
  if (typeof input !== 'string' || (body !== null && typeof body !== 'string'))
    throw new NotSent(new Error('not a request of the packages'));
  return sendOnce({
    peer: 'language model',
    url: new URL(input),
    method: init.method ?? 'GET',
    headers: Object.fromEntries(new Headers(init.headers)),
    body,
    signal: signal ?? new AbortController().signal,
    connectTimeoutMs: modelConnectTimeoutMs,
    kept,
  });
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value);
  return headers;
}
