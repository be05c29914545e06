import { Inject, Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { CONFIG, type Config } from '../../../../../config/config.js';
import { Problem, unavailable } from '../../../../errors/problem.js';
import type { Caller } from '../../../../guards/route/caller.js';
import { TokenLife } from '../../../../guards/token/token-life.js';
import { ObjectStorage } from '../../../../ports/object-storage.js';
import { GenerationEnds } from '../../../generations/events/generation-ends.js';
import type { Generation, Media } from '../../../generations/generation.js';
import { ImageOrders, type ImageOrder } from './image-orders.js';

/** Generations that are waited for. A client that goes away leaves its picture being made. */
@Injectable()
export class ImagesService {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'ai'>,
    private readonly orders: ImageOrders,
    private readonly ends: GenerationEnds,
    private readonly storage: ObjectStorage,
    private readonly tokens: TokenLife,
  ) {}

  /**
   * The picture, and whether an earlier call ordered it. `left`: aborted when the client goes away, which ends the waiting alone.
   * @throws Problem `streams_exceeded`, `generation_pending`, `generation_failed`, `content_refused`, `token_invalid`, what
   * AcceptanceService and IdempotencyService throw; ClientLeft
   */
  async make(
    caller: Caller,
    order: ImageOrder,
    left: AbortSignal,
  ): Promise<{ readonly picture: Media; readonly isJoined: boolean }> {
    const leave = this.ends.enter(caller);
    try {
      const { answer, replayed } = await this.orders.place(caller, order);
      const ended = await this.ends.wait(caller, answer.id, this.config.ai.openAiTimeoutMs, left);
      if (ended === null) {
        left.throwIfAborted();
        throw new Problem('generation_pending', { headers: { 'x-should-retry': 'true' } });
      }
      // It is made and kept; whoever holds a revoked key does not see it.
      if (!(await this.tokens.isAlive(caller))) throw new Problem('token_invalid');
      return { picture: pictureOf(ended), isJoined: replayed };
    } finally {
      leave();
    }
  }

  /** The bytes, to be read or destroyed by the caller. @throws Problem `unavailable` when they are missing; StorageUnavailable */
  async open({ objectKey }: Media): Promise<Readable> {
    const body = await this.storage.read(objectKey);
    if (body === null) throw unavailable(new Error('the picture is missing in the storage'));
    return body;
  }
}

/** @throws Problem `generation_failed`, `content_refused` */
function pictureOf({ status, media, errorCode }: Generation): Media {
  const [picture] = media;
  if (status === 'completed' && picture !== undefined) return picture;
  if (errorCode === 'content_refused') throw new Problem('content_refused');
  throw new Problem('generation_failed', { cause: new Error(errorCode ?? status) });
}
