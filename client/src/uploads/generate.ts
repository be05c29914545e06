import type { Answer, GenerationOrder } from '../api.js';
import type { Caller, LooseInit } from '../calls/caller.js';
import { generationsPath } from '../calls/routes.js';
import { progressSend, type OnProgress } from './progress-send.js';

export interface GenerateOptions {
  readonly signal?: AbortSignal;
  /** Default: a new one. Name your own to repeat the order after a lost answer, for a day, without a second effect. */
  readonly idempotencyKey?: string;
  /**
   * With a reference image. In browsers bytes of the body as they leave, from 0 again for a repeat; where there is no
   * XMLHttpRequest, as in Node, or the client has a `fetch` of its own, once, when all of it has been answered.
   */
  readonly onProgress?: OnProgress;
}

type Accepted = Answer<typeof generationsPath, 'post'>;

/** Orders a generation: as JSON, or as a form where a reference image goes along. */
export async function generate(
  caller: Caller,
  order: GenerationOrder,
  { signal, idempotencyKey, onProgress }: GenerateOptions,
  hasOwnFetch: boolean,
): Promise<Accepted> {
  const { reference_image: image } = order;
  const init: LooseInit = {
    headers: idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey },
    signal: signal ?? null,
    body: order,
  };
  if (image === undefined) return (await caller.call('post', generationsPath, init)) as Accepted;
  const send = onProgress === undefined || hasOwnFetch ? null : progressSend(onProgress);
  const answer = await caller.call('post', generationsPath, init, {
    // As long as it takes: a time limit would be one of the line's speed.
    timeoutMs: null,
    ...(send === null ? {} : { send }),
  });
  if (send === null) onProgress?.(image.size, image.size);
  return answer as Accepted;
}
