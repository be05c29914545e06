import { Injectable } from '@nestjs/common';
import type { Model } from '../../../../../config/policy/generations/model.js';
import { sha256 } from '../../../../crypto/hash.js';
import { Problem } from '../../../../errors/problem.js';
import { mayUse, type Caller } from '../../../../guards/route/caller.js';
import { Random } from '../../../../ports/random.js';
import { AcceptanceService } from '../../../generations/orders/acceptance.service.js';
import { IdempotencyService, type IdempotentResult } from '../../../idempotency/idempotency.service.js';
import { ModelsService } from '../../../models/models.service.js';
import { ImageCallsRepository } from './image-calls.repository.js';
import { sizeParameters } from './image-size.js';

/** A picture that is asked for, and waited for. */
export interface ImageOrder {
  readonly prompt: string;
  /** Null: the first model of pictures. */
  readonly model: string | null;
  /** Null: whatever the model makes of its own accord. */
  readonly size: string | null;
  /** The body as it was sent: a repetition has the same. */
  readonly content: unknown;
  /** How often the client says that it has sent this call before, without an answer; 0: it is fresh. */
  readonly repetition: number;
  /** The client's own Idempotency-Key; null without one. */
  readonly key: string | null;
}

/** Orders of pictures. A client that repeats a call joins it: it is paid once. Two fresh calls are two pictures, however equal. */
@Injectable()
export class ImageOrders {
  constructor(
    private readonly models: ModelsService,
    private readonly acceptance: AcceptanceService,
    private readonly keys: IdempotencyService,
    private readonly calls: ImageCallsRepository,
    private readonly random: Random,
  ) {}

  /** The id of the generation. @throws what AcceptanceService and IdempotencyService throw */
  async place(caller: Caller, order: ImageOrder): Promise<IdempotentResult<{ readonly id: string }>> {
    const named = { key: await this.keyOf(caller, order), route: imageRoute, content: order.content };
    return this.keys.runOnce(caller, named, async (lock) => {
      const model = this.modelOf(caller, order.model);
      const generation = {
        modelId: model.id,
        prompt: order.prompt,
        negativePrompt: null,
        parameters: sizeParameters(model, order.size),
        projectId: null,
        reference: null,
      };
      const toAnswer = ({ id }: { readonly id: string }) => ({ id });
      return this.acceptance.accept(caller, generation, { lock, toAnswer, toKept: toAnswer });
    });
  }

  /** @throws Problem `model_unknown` */
  private modelOf(caller: Caller, id: string | null): Model {
    if (id !== null) {
      const named = this.models.require(id);
      if (named.kind !== 'image') throw new Problem('model_unknown');
      return named;
    }
    const first = this.models.list().find((model) => isDrawnFromText(model) && mayUse(caller, model.id));
    if (first === undefined) throw new Problem('model_unknown');
    return first;
  }

  private async keyOf(caller: Caller, order: ImageOrder): Promise<string> {
    if (order.key !== null) return order.key;
    const hash = sha256(`${caller.sessionId}\n${JSON.stringify(order.content)}`);
    if (order.repetition > 0) {
      const known = await this.calls.join(caller, hash, order.repetition);
      if (known !== null) return known;
    }
    const key = `openai-image:${this.random.uuid()}`;
    // Before the order: a repetition that comes while it is being accepted finds it.
    await this.calls.begin(caller, hash, key, order.repetition);
    return key;
  }
}

const imageRoute = 'POST openai/images/generations';

/** Whether a model makes pictures of nothing but a prompt. */
export const isDrawnFromText = ({ kind, reference }: Model): boolean =>
  kind === 'image' && reference?.required !== true;
