import { ModelFailed } from '../../ports/assistants/language-model.js';
import { maxAnswerBytes } from '../../../config/policy/assistants/models.js';

/** More came than an answer may have. */
class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/**
 * `fetch` that follows no redirect, for it would carry the key along, and reads no more than an answer may have: a line that
 * never ends would be kept in memory as a whole.
 */
export async function boundedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, { ...init, redirect: 'error' }).catch((cause: unknown) => {
    if (init?.signal?.aborted === true) throw cause;
    // Without the cause, which names the address.
    throw new ModelFailed('unavailable', 'connection failed', false);
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
}
