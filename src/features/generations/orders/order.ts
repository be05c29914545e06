import type { Model } from '../../../../config/policy/generations/model.js';
import type { ReferenceSource } from '../../media/media-intake.js';
import type { Parameters } from '../generation.js';

/** What a person asks for, as it was sent. */
export interface GenerationOrder {
  readonly modelId: string;
  readonly prompt: string;
  readonly negativePrompt: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly projectId: string | null;
  readonly reference: ReferenceSource | null;
}

/** An order whose model takes it, with everything that it will cost. */
export interface ValidOrder {
  readonly model: Model;
  readonly prompt: string;
  readonly negativePrompt: string | null;
  readonly parameters: Parameters;
  readonly projectId: string | null;
}
