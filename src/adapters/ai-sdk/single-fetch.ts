import { maxAnswerBytes } from '../../../config/policy/assistants/models.js';
import { ModelFailed } from '../../ports/assistants/language-model.js';

/** More came than an answer may have. */
class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/** Codes of a connection that never came to be: nothing was sent. */
const neverSent: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * `fetch` for one call: one request, for a second one would be paid beside what is reserved; no redirect, for it would carry the
 * key along; and no more than an answer may have, for a line that never ends would be kept in memory as a whole.
 */
export function singleFetch(): { readonly fetch: typeof fetch; readonly isSent: () => boolean } {
  let isSent = false;
  const single: typeof fetch = async (input, init) => {
    if (isSent) throw new ModelFailed('failed', 'answer in several requests', true);
    isSent = true;
    const response = await fetch(input, { ...init, redirect: 'error' }).catch((cause: unknown) => {
      if (init?.signal?.aborted === true) throw cause;
      const { code } = ((cause as Error).cause ?? {}) as { code?: unknown };
      // Without the cause, which names the address.
      throw new ModelFailed('unavailable', 'connection failed', !neverSent.has(code));
    });
    if (response.body === null) return response;
    let bytes = 0;
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller): void {
          bytes += chunk.byteLength;
          if (bytes > maxAnswerBytes) controller.error(new AnswerTooLarge());
          else controller.enqueue(chunk);
        },
      }),
    );
    const { status, statusText, headers } = response;
    return new Response(counted, { status, statusText, headers });
  };
  return { fetch: single, isSent: () => isSent };
}
