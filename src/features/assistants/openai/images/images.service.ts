import { Inject, Injectable } from '@nestjs/common';
import { buffer } from 'node:stream/consumers';
import { CONFIG, type Config } from '../../../../../config/config.js';
import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import type { Model } from '../../../../../config/policy/generations/model.js';
import { sha256 } from '../../../../crypto/hash.js';
import { Problem, unavailable } from '../../../../errors/problem.js';
import type { Caller } from '../../../../guards/route/caller.js';
import { ObjectStorage } from '../../../../ports/object-storage.js';
import { Random } from '../../../../ports/random.js';
import { AcceptanceService } from '../../../generations/orders/acceptance.service.js';
import { GenerationEnds } from '../../../generations/events/generation-ends.js';
import type { Generation, Media } from '../../../generations/generation.js';
import { IdempotencyService } from '../../../idempotency/idempotency.service.js';
import { Semaphore } from '../../../media/semaphore.js';
import { ModelsService } from '../../../models/models.service.js';
import { ImageCallsRepository } from './image-calls.repository.js';
import { sizeParameters } from './image-size.js';

/** A picture that is asked for, and waited for. */
export interface ImageOrder {
  readonly prompt: string;
  /** Null: the first model of pictures. */
  readonly model: string | null;
  readonly size: string | undefined;
  /** The body as it was sent: a repetition has the same. */
  readonly content: unknown;
  /** Whether a client says that it repeats a call of which it got no answer. */
  readonly isRepeated: boolean;
  /** The client's own Idempotency-Key; null without one. */
  readonly key: string | null;
}

/**
 * Generations that are waited for. A client that goes away leaves its picture being made, and joins it when it repeats its call: it is
 * paid once. Two fresh calls are two pictures, however equal.
 */
@Injectable()
export class ImagesService {
  private readonly encoding = new Semaphore(openAiPolicy.imagesEncodedAtOnce, openAiPolicy.perInstance);

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'ai'>,
    private readonly models: ModelsService,
    private readonly acceptance: AcceptanceService,
    private readonly ends: GenerationEnds,
    private readonly keys: IdempotencyService,
    private readonly calls: ImageCallsRepository,
    private readonly storage: ObjectStorage,
    private readonly random: Random,
  ) {}

  /**
   * The picture. `left`: aborted when the client goes away, which ends the waiting alone.
   * @throws Problem `generation_pending`, `generation_failed`, `content_refused`, what AcceptanceService and IdempotencyService throw
   */
  async make(caller: Caller, order: ImageOrder, left: AbortSignal): Promise<Media> {
    this.ends.requireRoom(caller);
    const model = this.modelOf(order.model);
    const generation = {
      modelId: model.id,
      prompt: order.prompt,
      negativePrompt: null,
      parameters: sizeParameters(model, order.size),
      projectId: null,
      reference: null,
    };
    const named = { key: await this.keyOf(caller, order), route: imageRoute, content: order.content };
    const { answer } = await this.keys.runOnce(caller, named, (lock) =>
      this.acceptance.accept(caller, generation, { lock, toAnswer: ({ id }) => ({ id }) }),
    );
    const ended = await this.ends.wait(caller, answer.id, this.config.ai.openAiTimeoutMs, left);
    if (ended === null) throw new Problem('generation_pending');
    return pictureOf(ended);
  }

  /** Few at once: each is in memory as a whole. @throws Problem `unavailable` when it cannot be read */
  async encoded({ objectKey }: Media, left: AbortSignal): Promise<string> {
    return this.encoding.run(async () => {
      const body = await this.storage.read(objectKey);
      if (body === null) throw unavailable(new Error('the picture is missing in the storage'));
      return (await buffer(body)).toString('base64');
    }, left);
  }

  /** @throws Problem `model_unknown` */
  private modelOf(id: string | null): Model {
    if (id !== null) {
      const named = this.models.require(id);
      if (named.kind !== 'image') throw new Problem('model_unknown');
      return named;
    }
    const first = this.models.list().find(isDrawnFromText);
    if (first === undefined) throw new Problem('model_unknown');
    return first;
  }

  private async keyOf(caller: Caller, order: ImageOrder): Promise<string> {
    if (order.key !== null) return order.key;
    const hash = sha256(`${caller.sessionId}\n${JSON.stringify(order.content)}`);
    if (order.isRepeated) {
      const known = await this.calls.find(caller, hash);
      if (known !== null) return known;
    }
    const key = `openai-image:${this.random.uuid()}`;
    // Before the order: a repetition that comes while it is being accepted finds it.
    await this.calls.begin(caller, hash, key);
    return key;
  }
}

const imageRoute = 'POST openai/images/generations';

/** Whether a model makes pictures of nothing but a prompt. */
export const isDrawnFromText = ({ kind, reference }: Model): boolean =>
  kind === 'image' && reference?.required !== true;

/** @throws Problem `generation_failed`, `content_refused` */
function pictureOf({ status, media, errorCode }: Generation): Media {
  const [picture] = media;
  if (status === 'completed' && picture !== undefined) return picture;
  if (errorCode === 'content_refused') throw new Problem('content_refused');
  throw new Problem('generation_failed', {
    cause: new Error(errorCode ?? status),
    headers: { 'x-should-retry': 'false' },
  });
}
