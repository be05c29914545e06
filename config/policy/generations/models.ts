import type { ChoiceParameter, IntegerParameter, Model, NumberParameter } from './model.js';

const side = (name: string): IntegerParameter => ({
  type: 'integer',
  minimum: 256,
  maximum: 1536,
  multipleOf: 8,
  default: 1024,
  description: `${name} of the picture in pixels.`,
});

const seed: IntegerParameter = {
  type: 'integer',
  minimum: 0,
  maximum: 4_294_967_295,
  description: 'The same prompt and seed give the same result.',
};

const aspect = (choices: readonly string[], standard: string): ChoiceParameter => ({
  type: 'string',
  choices,
  default: standard,
  description: 'Width to height.',
});

const outputFormat: ChoiceParameter = {
  type: 'string',
  choices: ['jpeg', 'png'],
  default: 'jpeg',
  description: 'Format of the picture.',
};

const safety: ChoiceParameter = {
  type: 'string',
  choices: ['1', '2'],
  default: '2',
  description: 'How strict the provider judges content: 1 is the strictest.',
};

const count: IntegerParameter = {
  type: 'integer',
  minimum: 1,
  maximum: 1,
  default: 1,
  description: 'How many pictures: the price is for one.',
};

const guidance: NumberParameter = {
  type: 'number',
  minimum: 1,
  maximum: 20,
  default: 3.5,
  description: 'How closely the picture follows the prompt.',
};

/** Code points of a prompt, and of a negative one. */
export const promptCharacters = 2000;

const imageDeadlineSeconds = 300;
const videoDeadlineSeconds = 1800;

/** The catalogue of models, with the list prices of their provider. Any other id is `model_unknown`. */
export const models: readonly Model[] = [
  {
    id: 'velro/canvas',
    title: 'Canvas: an offline painter for development',
    provider: 'canvas',
    kind: 'image',
    creditsCost: 1,
    cost: { microUsd: 0 },
    reference: null,
    negativePrompt: true,
    deadlineSeconds: 120,
    parameters: { width: side('Width'), height: side('Height'), seed },
  },
  {
    id: 'fal-ai/flux-pro/v1.1-ultra',
    title: 'FLUX 1.1 [pro] ultra',
    provider: 'fal',
    kind: 'image',
    creditsCost: 50,
    cost: { microUsd: 60_000 },
    reference: { field: 'image_url', required: false },
    negativePrompt: false,
    deadlineSeconds: imageDeadlineSeconds,
    parameters: {
      aspect_ratio: aspect(['21:9', '16:9', '4:3', '3:2', '1:1', '2:3', '3:4', '9:16', '9:21'], '16:9'),
      num_images: count,
      output_format: outputFormat,
      safety_tolerance: safety,
      raw: { type: 'boolean', default: false, description: 'Less processed, more natural.' },
      seed,
    },
  },
  {
    id: 'fal-ai/flux-pro/kontext/max',
    title: 'FLUX.1 Kontext [max]: edits a picture',
    provider: 'fal',
    kind: 'image',
    creditsCost: 60,
    cost: { microUsd: 80_000 },
    reference: { field: 'image_url', required: true },
    negativePrompt: false,
    deadlineSeconds: imageDeadlineSeconds,
    parameters: {
      aspect_ratio: {
        ...aspect(['21:9', '16:9', '4:3', '3:2', '1:1', '2:3', '3:4', '9:16', '9:21'], '1:1'),
      },
      guidance_scale: guidance,
      num_images: count,
      output_format: outputFormat,
      safety_tolerance: safety,
      seed,
    },
  },
  {
    id: 'fal-ai/imagen4/preview/ultra',
    title: 'Imagen 4 Ultra',
    provider: 'fal',
    kind: 'image',
    creditsCost: 45,
    cost: { microUsd: 60_000 },
    reference: null,
    negativePrompt: true,
    deadlineSeconds: imageDeadlineSeconds,
    parameters: {
      aspect_ratio: aspect(['1:1', '16:9', '9:16', '3:4', '4:3'], '1:1'),
      seed,
    },
  },
  {
    id: 'fal-ai/veo3',
    title: 'Veo 3',
    provider: 'fal',
    kind: 'video',
    creditsCost: 500,
    // A second of video, and as much again for its sound.
    cost: {
      microUsd: 200_000,
      times: { duration: { '4s': 4, '6s': 6, '8s': 8 }, generate_audio: { true: 2, false: 1 } },
    },
    reference: null,
    negativePrompt: true,
    deadlineSeconds: videoDeadlineSeconds,
    parameters: {
      aspect_ratio: aspect(['16:9', '9:16'], '16:9'),
      duration: { type: 'string', choices: ['4s', '6s', '8s'], default: '8s', description: 'Length.' },
      resolution: {
        type: 'string',
        choices: ['720p', '1080p'],
        default: '720p',
        description: 'Lines of the video.',
      },
      generate_audio: { type: 'boolean', default: true, description: 'Whether the video has sound.' },
      enhance_prompt: {
        type: 'boolean',
        default: true,
        description: 'Whether the model rewrites the prompt.',
      },
      seed,
    },
  },
  {
    id: 'fal-ai/minimax/hailuo-02/pro/text-to-video',
    title: 'MiniMax Hailuo 02 Pro',
    provider: 'fal',
    kind: 'video',
    creditsCost: 400,
    cost: { microUsd: 480_000 },
    reference: null,
    negativePrompt: false,
    deadlineSeconds: videoDeadlineSeconds,
    parameters: {
      prompt_optimizer: {
        type: 'boolean',
        default: true,
        description: 'Whether the model rewrites the prompt.',
      },
    },
  },
  {
    id: 'fal-ai/kling-video/v2.1/master/text-to-video',
    title: 'Kling 2.1 Master',
    provider: 'fal',
    kind: 'video',
    creditsCost: 350,
    cost: { microUsd: 280_000, times: { duration: { '5': 5, '10': 10 } } },
    reference: null,
    negativePrompt: true,
    deadlineSeconds: videoDeadlineSeconds,
    parameters: {
      aspect_ratio: aspect(['16:9', '9:16', '1:1'], '16:9'),
      duration: { type: 'string', choices: ['5', '10'], default: '5', description: 'Seconds.' },
      cfg_scale: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0.5,
        description: 'How closely the video follows the prompt.',
      },
    },
  },
  {
    id: 'fal-ai/wan-pro/text-to-video',
    title: 'Wan 2.1 Pro',
    provider: 'fal',
    kind: 'video',
    creditsCost: 300,
    cost: { microUsd: 800_000 },
    reference: null,
    negativePrompt: false,
    deadlineSeconds: videoDeadlineSeconds,
    parameters: {
      seed,
    },
  },
];
