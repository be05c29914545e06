import { Injectable } from '@nestjs/common';
import { Problem, type FieldFault } from '../../../errors/problem.js';
import type { Model } from '../../../../config/policy/generations/model.js';
import { mayUse, type Caller } from '../../../guards/route/caller.js';
import { isNotBlank } from '../../../perimeter/input/is-not-blank.js';
import { ModelsService } from '../../models/models.service.js';
import type { Generation } from '../generation.js';
import type { GenerationOrder, ValidOrder } from './order.js';

/** Validates an order against its model. */
@Injectable()
export class OrderValidator {
  constructor(private readonly models: ModelsService) {}

  /** @throws Problem `model_unknown`, `model_not_allowed`, `validation_failed` */
  validate(caller: Caller, order: GenerationOrder): ValidOrder {
    const model = this.modelFor(caller, order.modelId);
    const parameters = this.models.readParameters(model, order.parameters);
    const faults: FieldFault[] = [];
    const fault = (field: string, code: string, message: string): void => {
      faults.push({ field, code, message });
    };
    if (!isNotBlank(order.prompt)) fault('prompt', 'blank', 'prompt must say something');
    const negativePrompt = order.negativePrompt?.trim() === '' ? null : order.negativePrompt;
    if (negativePrompt !== null && !model.negativePrompt)
      fault('negative_prompt', 'unsupported', 'is not taken by this model');
    if (order.reference !== null && model.reference === null)
      fault('reference_image_url', 'unsupported', 'is not taken by this model');
    if (faults.length > 0) throw new Problem('validation_failed', { errors: faults });
    if (order.reference === null && model.reference?.required === true) throw missingReference();
    return { model, prompt: order.prompt, negativePrompt, parameters, projectId: order.projectId };
  }

  /**
   * The order of a failed or cancelled generation, for a retry.
   * @throws Problem `generation_not_repeatable`, `reference_gone`, `model_unknown`, `model_not_allowed`, `validation_failed`
   */
  revalidate(caller: Caller, generation: Generation): ValidOrder {
    if (generation.status !== 'failed' && generation.status !== 'cancelled')
      throw new Problem('generation_not_repeatable');
    const { modelId, prompt, negativePrompt, projectId } = generation;
    const model = this.modelFor(caller, modelId);
    if (generation.hasReference && generation.referenceFileId === null) throw new Problem('reference_gone');
    const parameters = this.models.readParameters(model, generation.parameters);
    return { model, prompt, negativePrompt, parameters, projectId };
  }

  private modelFor(caller: Caller, id: string): Model {
    const model = this.models.require(id);
    if (!mayUse(caller, id)) throw new Problem('model_not_allowed');
    return model;
  }
}

const missingReference = (): Problem =>
  new Problem('validation_failed', {
    errors: [
      { field: 'reference_image_url', code: 'missing', message: 'this model needs a reference image' },
    ],
  });
