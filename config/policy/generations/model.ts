interface ParameterText {
  readonly description: string;
}

/** A whole number that a model takes. Without a default it is optional, and the provider chooses. */
export interface IntegerParameter extends ParameterText {
  readonly type: 'integer';
  readonly minimum: number;
  readonly maximum: number;
  readonly multipleOf?: number;
  readonly default?: number;
}

export interface NumberParameter extends ParameterText {
  readonly type: 'number';
  readonly minimum: number;
  readonly maximum: number;
  readonly default?: number;
}

export interface ChoiceParameter extends ParameterText {
  readonly type: 'string';
  readonly choices: readonly string[];
  readonly default?: string;
}

export interface FlagParameter extends ParameterText {
  readonly type: 'boolean';
  readonly default?: boolean;
}

export type Parameter = IntegerParameter | NumberParameter | ChoiceParameter | FlagParameter;

/**
 * What a generation costs at its provider, in micro-dollars. `times`: by the value of a parameter, how many of these; of several
 * parameters the product.
 */
export interface ModelCost {
  readonly microUsd: number;
  readonly times?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface Model {
  readonly id: string;
  readonly title: string;
  readonly provider: 'canvas' | 'fal';
  readonly kind: 'image' | 'video';
  readonly creditsCost: number;
  readonly cost: ModelCost;
  /** The provider's field for a link to a reference image; null where the model takes none. */
  readonly reference: { readonly field: string; readonly required: boolean } | null;
  /** Whether the model takes a negative prompt. */
  readonly negativePrompt: boolean;
  /** Seconds from the submit until the generation is given up. */
  readonly deadlineSeconds: number;
  readonly parameters: Readonly<Record<string, Parameter>>;
}
