/** A whole number that a model takes. */
export interface IntegerParameter {
  readonly type: 'integer';
  readonly minimum: number;
  readonly maximum: number;
  readonly multipleOf?: number;
  /** Without one the parameter may be left out and the provider chooses. */
  readonly default?: number;
  readonly description: string;
}

export interface Model {
  readonly id: string;
  readonly title: string;
  readonly provider: 'canvas' | 'fal';
  readonly kind: 'image' | 'video';
  readonly creditsCost: number;
  readonly parameters: Readonly<Record<string, IntegerParameter>>;
}

const side = (name: string): IntegerParameter => ({
  type: 'integer',
  minimum: 256,
  maximum: 1536,
  multipleOf: 8,
  default: 1024,
  description: `${name} of the picture in pixels.`,
});

/** What can be asked for. What does not stand here does not exist. */
export const models: readonly Model[] = [
  {
    id: 'velro/canvas',
    title: 'Canvas: an offline painter for development',
    provider: 'canvas',
    kind: 'image',
    creditsCost: 1,
    parameters: {
      width: side('Width'),
      height: side('Height'),
      seed: {
        type: 'integer',
        minimum: 0,
        maximum: 4_294_967_295,
        description: 'The same prompt and seed give the same picture.',
      },
    },
  },
];
