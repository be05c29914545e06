import type { Parameters } from '../generation.js';
import type { GenerationRow } from '../orders/generation-rows.js';
import type { Job } from './job.js';

/** A row of the queue as a statement returns it. */
export interface JobRow extends Pick<
  GenerationRow,
  | 'id'
  | 'user_id'
  | 'status'
  | 'kind'
  | 'model_id'
  | 'prompt'
  | 'negative_prompt'
  | 'parameters'
  | 'reference_file_id'
> {
  readonly provider_reference: string | null;
  readonly attempts: number;
  readonly failures: number;
  readonly deadline_at: Date;
  readonly cancel_requested_at: Date | null;
  readonly trace_parent: string | null;
  readonly read_at: Date;
}

export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    userId: row.user_id,
    status: row.status,
    kind: row.kind,
    modelId: row.model_id,
    prompt: row.prompt,
    negativePrompt: row.negative_prompt,
    parameters: row.parameters as Parameters,
    referenceFileId: row.reference_file_id,
    providerReference: row.provider_reference,
    attempts: row.attempts,
    failures: row.failures,
    deadlineAt: row.deadline_at,
    cancelRequested: row.cancel_requested_at !== null,
    traceParent: row.trace_parent,
    readAt: row.read_at,
  };
}
