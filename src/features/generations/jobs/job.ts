import type { Generation } from '../generation.js';

/** A generation as read by the workers. */
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
  /** The span of the request that ordered it; null where it was not traced. */
  readonly traceParent: string | null;
  /** The database's present time, with which deadlines are compared. */
  readonly readAt: Date;
}
