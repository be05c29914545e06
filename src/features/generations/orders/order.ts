import type { Model } from '../../../../config/policy/generations/model.js';
import type { ReferenceSource } from '../../media/media-intake.js';
import type { ClientContext } from '../../../network/client-context.js';
import type { Parameters } from '../generation.js';

/** A reference image as it is named or sent, and by whom; `name` and `declaredType` of one that is sent. */
export type OrderedReference = ReferenceSource & {
  readonly client: ClientContext;
  readonly name?: string;
  readonly declaredType?: string;
};

/** An order as sent by the client. */
export interface GenerationOrder {
  readonly modelId: string;
  readonly prompt: string;
  readonly negativePrompt: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly projectId: string | null;
  readonly reference: OrderedReference | null;
}

/** A validated order, with its cost. */
export interface ValidOrder {
  readonly model: Model;
  readonly prompt: string;
  readonly negativePrompt: string | null;
  readonly parameters: Parameters;
  readonly projectId: string | null;
}
