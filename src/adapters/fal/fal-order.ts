import type { Model } from '../../../config/policy/generations/model.js';
import { models } from '../../../config/policy/generations/models.js';
import { GenerationRefused, type ProviderJob, type ProviderOrder } from '../../ports/generation-provider.js';

const referenceForm = /^[A-Za-z0-9-]{8,64}$/;
const modelForm = /^[a-z0-9][a-z0-9._-]{0,63}(\/[a-z0-9][a-z0-9._-]{0,63}){1,5}$/;

/** @throws GenerationRefused `model_unknown` */
export function falModel(id: string): Model {
  const model = models.find((each) => each.id === id && each.provider === 'fal');
  if (model === undefined) throw new GenerationRefused('model_unknown');
  return model;
}

/**
 * The input of the model by its own field names; only parameters of the catalogue.
 * @throws GenerationRefused `reference_refused` when the model needs a picture and there is none
 */
export function inputOf(model: Model, order: ProviderOrder): Record<string, string | number | boolean> {
  const { reference } = model;
  const { negativePrompt, referenceImageUrl } = order;
  if (reference?.required === true && referenceImageUrl === null)
    throw new GenerationRefused('reference_refused');
  const parameters = Object.entries(order.parameters).filter(([name]) =>
    Object.hasOwn(model.parameters, name),
  );
  return {
    ...Object.fromEntries(parameters),
    prompt: order.prompt,
    ...(model.negativePrompt && negativePrompt !== null ? { negative_prompt: negativePrompt } : {}),
    ...(reference !== null && referenceImageUrl !== null ? { [reference.field]: referenceImageUrl } : {}),
  };
}

/** Whether it has the form of fal's references. It becomes part of a URL path. */
export function isReference(value: unknown): value is string {
  return typeof value === 'string' && referenceForm.test(value);
}

/** Whether a job's parts are safe in a URL path. A model removed from the catalogue may still have jobs to poll. */
export function isAddressable({ modelId, reference }: ProviderJob): boolean {
  return modelForm.test(modelId) && isReference(reference);
}
