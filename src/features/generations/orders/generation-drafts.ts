import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../guards/route/caller.js';
import { Clock } from '../../../ports/clock.js';
import { Random } from '../../../ports/random.js';
import type { NewGeneration } from './acceptance.repository.js';
import { costOf, GenerationBudget, type GenerationHold } from './generation-budget.js';
import type { ValidOrder } from './order.js';

/** A generation that is not accepted yet, and what is held for it. */
export interface GenerationDraft {
  readonly generation: NewGeneration;
  readonly hold: GenerationHold;
}

/** Makes generations of orders: their id, their time, their price. */
@Injectable()
export class GenerationDrafts {
  constructor(
    private readonly budget: GenerationBudget,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  of(caller: Caller, order: ValidOrder, referenceFileId: string | null): GenerationDraft {
    const { model, prompt, negativePrompt, parameters, projectId } = order;
    const createdAt = new Date(this.clock.now());
    return {
      generation: {
        id: this.random.timeOrderedUuid(),
        kind: model.kind,
        modelId: model.id,
        prompt,
        negativePrompt,
        parameters,
        projectId,
        referenceFileId,
        hasReference: referenceFileId !== null,
        creditsCost: model.creditsCost,
        createdAt,
      },
      hold: this.budget.holdOf(caller.key, costOf(model, parameters), createdAt),
    };
  }
}
