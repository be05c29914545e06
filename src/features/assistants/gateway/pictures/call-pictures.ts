import { Injectable } from '@nestjs/common';
import { pictureRoom } from '../../../../../config/policy/assistants/calls.js';
import { Log } from '../../../../observability/log.js';
import type { ModelImage } from '../../../../ports/assistants/language-model.js';
import { within } from '../../../../tasks/within.js';
import type { AiCall, FallbackReason } from '../ai-call.js';
import { ByteRoom } from './byte-room.js';
import { keyOfPayer } from '../payer-key.js';

/** What a model is sent. `close`: once its call has ended. */
export interface OpenRequest {
  readonly request: AiCall['request'];
  readonly close: () => void;
}

/** Gets the pictures of a call that is about to be made: how many bytes of them are in memory at one time is bounded. */
@Injectable()
export class CallPictures {
  private readonly room = new ByteRoom(pictureRoom);

  constructor(private readonly log: Log) {}

  /** `leftMs`: the time of the call. */
  async open({ payer, request, pictures }: AiCall, leftMs: number): Promise<OpenRequest | FallbackReason> {
    if (pictures === null) return { request, close: () => undefined };
    const end = performance.now() + leftMs;
    const close = await this.room.take(keyOfPayer(payer), pictures.bytes, leftMs);
    if (close === null) return 'provider_unavailable';
    const loading = pictures.load();
    try {
      const images = await within(loading, end - performance.now(), 'the pictures took too long');
      return { request: withImages(request, images), close };
    } catch (cause) {
      // What still loads is in memory until it is done.
      loading.then(close, close);
      this.log.warn('the pictures of a question could not be read', { cause });
      return 'ai_error';
    }
  }
}

/** The latest question shows them. */
function withImages(request: AiCall['request'], images: readonly ModelImage[]): AiCall['request'] {
  const last = request.messages.at(-1);
  if (images.length === 0 || last?.role !== 'user') return request;
  return { ...request, messages: [...request.messages.slice(0, -1), { ...last, images }] };
}
