import type { GenerationStatus, MediaKind, Parameters } from './generation.js';

/** A generation as whoever works on it sees it. */
export interface Job {
  readonly id: string;
  readonly userId: string;
  readonly status: GenerationStatus;
  readonly kind: MediaKind;
  readonly modelId: string;
  readonly prompt: string;
  readonly negativePrompt: string | null;
  readonly parameters: Parameters;
  readonly referenceFileId: string | null;
  readonly providerReference: string | null;
  readonly attempts: number;
  readonly failures: number;
  readonly deadlineAt: Date;
  readonly cancelRequested: boolean;
  /** Now, as the database sees it: what deadlines are compared with. */
  readonly readAt: Date;
}
