/** An order to a provider. `id` is the generation's; parameters are validated by the catalogue. */
export interface ProviderOrder {
  readonly id: string;
  readonly modelId: string;
  readonly prompt: string;
  readonly negativePrompt: string | null;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** A link from which the provider may fetch the reference image, or null. */
  readonly referenceImageUrl: string | null;
  /** The callback URL of this job. */
  readonly callbackUrl: string;
}

/** A job at the provider. */
export interface ProviderJob {
  readonly modelId: string;
  /** The provider's own id of the job. */
  readonly reference: string;
}

export type ProviderStatus =
  /** `position`: jobs before this one, where the provider reports it. */
  | { readonly state: 'queued'; readonly position: number | null }
  /** `percent`: whole, 0 to 99, where the provider reports it. */
  | { readonly state: 'running'; readonly percent: number | null }
  /** Its results can be fetched. */
  | { readonly state: 'finished' }
  /** Permanent. `code` is one of `failureCodes`, never a text of the provider. */
  | { readonly state: 'failed'; readonly code: FailureCode }
  /** The provider does not have the job (any more) and charges nothing for it: it may be submitted again. */
  | { readonly state: 'absent' };

/** A result: bytes in this process, or the URL to fetch them from. */
export type ProviderMedia =
  { readonly kind: 'bytes'; readonly bytes: Uint8Array } | { readonly kind: 'url'; readonly url: string };

/** Why a generation failed, as shown to its owner. */
export const failureCodes = [
  'content_refused',
  'parameters_refused',
  'reference_refused',
  'model_unknown',
  'provider_failed',
  'provider_refused',
  'provider_timeout',
  'provider_unavailable',
  'media_refused',
  'media_too_large',
] as const;
export type FailureCode = (typeof failureCodes)[number];

/** The words by which a model reads its prompts, where these are a closed list. */
export interface PromptVocabulary {
  readonly subjects: readonly string[];
  readonly settings: readonly string[];
  readonly times: readonly string[];
  readonly weather: readonly string[];
  readonly colours: readonly string[];
  readonly styles: readonly string[];
  readonly moods: readonly string[];
}

/**
 * Provider of pictures and videos: a remote queue. A job is submitted once and then polled; a callback or `onChange`
 * only triggers a poll.
 */
export abstract class GenerationProvider {
  /** Milliseconds between two polls of a job without a hint. */
  abstract readonly pollEveryMs: number;

  /** What the models of this provider can draw; null where they take any prompt. */
  readonly vocabulary: PromptVocabulary | null = null;

  /**
   * Circuit breaker. `open`: after repeated failures no calls are made for a while; `half_open`: one call probes the
   * provider.
   */
  abstract readonly circuit: 'closed' | 'open' | 'half_open';

  /**
   * Submits the job and returns the provider's reference.
   * @throws GenerationRefused not accepted, permanently
   * @throws SubmitUnknown it may have been accepted: it must not be submitted again
   * @throws anything else: certainly not accepted, and may be submitted later
   */
  abstract submit(order: ProviderOrder, signal: AbortSignal): Promise<string>;

  /**
   * The reference of a job whose submit had no response (or ended in a crash), where it follows from our id; null where
   * only a callback can tell it.
   */
  abstract findReference(order: Pick<ProviderOrder, 'id' | 'modelId'>): string | null;

  /** @throws when the provider does not answer, or the response is invalid: poll again later */
  abstract poll(job: ProviderJob, signal: AbortSignal): Promise<ProviderStatus>;

  /**
   * The results of a finished job, at most 16, in their order.
   * @throws GenerationRefused when there are none or they cannot be read; anything else: retry later
   */
  abstract results(job: ProviderJob, signal: AbortSignal): Promise<readonly ProviderMedia[]>;

  /**
   * Asks the provider to cancel. `cancelled`: it will not finish, or its result is discarded; `finished`: too late,
   * poll for the outcome.
   * @throws when the provider does not answer: retry later
   */
  abstract cancel(job: ProviderJob, signal: AbortSignal): Promise<'cancelled' | 'finished'>;

  /**
   * Calls `listener` with the reference of a changed job, where the provider notifies. Returns the unsubscribe
   * function.
   */
  abstract onChange(listener: (reference: string) => void): () => void;
}

/** The provider refuses the job permanently. */
export class GenerationRefused extends Error {
  override readonly name = 'GenerationRefused';
  constructor(
    readonly code: FailureCode,
    cause?: unknown,
  ) {
    super(code, { cause });
  }
}

/** It is unknown whether the provider accepted the job. */
export class SubmitUnknown extends Error {
  override readonly name = 'SubmitUnknown';
  constructor(cause?: unknown) {
    super('the submit has no certain end', { cause });
  }
}
