import type { Model } from '../../../../../config/policy/generations/model.js';
import { fault } from '../openai-request.js';

/** The parameters of a model for a size as 1024x768; none for `auto`. @throws Problem `validation_failed` */
export function sizeParameters({ parameters }: Model, size: string | null): Record<string, string | number> {
  if (size === null || size === 'auto') return {};
  const [width = 0, height = 0] = size.split('x').map(Number);
  if (Object.hasOwn(parameters, 'width') && Object.hasOwn(parameters, 'height')) return { width, height };
  const ratio = parameters['aspect_ratio'];
  if (ratio !== undefined && 'choices' in ratio) {
    const found = ratio.choices.find((choice) => {
      const [across = 0, down = 0] = choice.split(':').map(Number);
      return across * height === down * width;
    });
    if (found !== undefined) return { aspect_ratio: found };
    throw fault('size', 'unsupported', `must have one of the ratios ${ratio.choices.join(', ')}`);
  }
  throw fault('size', 'unsupported', 'is not a choice of this model');
}
