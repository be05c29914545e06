import type { Model } from '../../../config/policy/generations/model.js';
import { mediaPolicy } from '../../../config/policy/generations/media.js';
import { promptCharacters } from '../../../config/policy/generations/models.js';
import type {
  ModelDetailsResponse,
  ModelResponse,
  PaintsResponse,
  ReferenceBoundsResponse,
} from './models.dto.js';
import { schemaOf } from './parameter-rules.js';

const { reference: sent, references: taken, picture } = mediaPolicy;
const referenceBounds: ReferenceBoundsResponse = {
  content_types: ['image/png', 'image/jpeg', 'image/webp'],
  max_bytes: sent.maxBytes,
  max_pixels: taken.maxPixels,
  max_side: picture.maxSide,
  scaled_to_pixels: taken.fitPixels,
};

export const toModel = (model: Model): ModelResponse => describe(model);

function describe(model: Model) {
  const { reference } = model;
  return {
    id: model.id,
    title: model.title,
    kind: model.kind,
    credits_cost: model.creditsCost,
    reference_image: wordOf(reference),
    negative_prompt: model.negativePrompt,
    deadline_seconds: model.deadlineSeconds,
  };
}

export const toModelDetails = (model: Model, paints: PaintsResponse | null): ModelDetailsResponse => ({
  ...describe(model),
  reference_image_bounds: model.reference === null ? null : referenceBounds,
  paints,
  input_schema: inputSchema(model),
});

const wordOf = (reference: Model['reference']): ModelResponse['reference_image'] =>
  reference === null ? 'none' : reference.required ? 'required' : 'optional';

/** The body of an order of this model, as JSON Schema (2020-12). */
function inputSchema(model: Model): Record<string, unknown> {
  const { reference, parameters } = model;
  const text = (description: string): object => ({
    type: 'string',
    maxLength: promptCharacters,
    description,
  });
  const parameterSchemas = Object.fromEntries(
    Object.entries(parameters).map(([name, rule]) => [name, schemaOf(rule)]),
  );
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    required: ['model_id', 'prompt', ...(reference?.required === true ? ['reference_image_url'] : [])],
    properties: {
      model_id: { const: model.id },
      prompt: { ...text('What to make.'), minLength: 1 },
      ...(model.negativePrompt ? { negative_prompt: text('What to leave out.') } : {}),
      ...(reference === null
        ? {}
        : {
            reference_image_url: {
              type: 'string',
              format: 'uri',
              description: 'A public https address; in a multipart body the file `reference_image` instead.',
            },
          }),
      project_id: { type: 'string', format: 'uuid' },
      parameters: { type: 'object', additionalProperties: false, properties: parameterSchemas },
    },
  };
}
