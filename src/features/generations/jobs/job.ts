import type { Generation } from '../generation.js';

/** A generation as whoever works on it sees it. */
export interface Job extends Pick<
  Generation,
  | 'id'
  | 'userId'
  | 'status'
  | 'kind'
  | 'modelId'
  | 'prompt'
  | 'negativePrompt'
  | 'parameters'
  | 'referenceFileId'
> {
  readonly providerReference: string | null;
  readonly attempts: number;
  readonly failures: number;
  readonly deadlineAt: Date;
  readonly cancelRequested: boolean;
  /** Now, as the database sees it: what deadlines are compared with. */
  readonly readAt: Date;
}
