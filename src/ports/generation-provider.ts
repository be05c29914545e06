/** What a provider is asked for. `id` is ours; parameters stand as the catalogue read them. */
export interface ProviderOrder {
  readonly id: string;
  readonly modelId: string;
  readonly prompt: string;
  readonly negativePrompt: string | null;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** A link from which the provider may fetch the reference image, or null. */
  readonly referenceImageUrl: string | null;
  /** Where a provider that calls back is to call. */
  readonly callbackUrl: string;
}

/** A job as the provider knows it. */
export interface ProviderJob {
  readonly modelId: string;
  /** The provider's own id of the job. */
  readonly reference: string;
}

export type ProviderStatus =
  /** `position`: how many jobs wait before this one, where the provider says so. */
  | { readonly state: 'queued'; readonly position: number | null }
  /** `percent`: whole, 0 to 99, where the provider says so. */
  | { readonly state: 'running'; readonly percent: number | null }
  /** Its results can be asked for. */
  | { readonly state: 'finished' }
  /** For good. `code` is one of `failureCodes`, never a text of the provider. */
  | { readonly state: 'failed'; readonly code: FailureCode }
  /** The provider has forgotten the job and charges nothing for it: it may be submitted again. */
  | { readonly state: 'absent' };

/** A result: bytes that the provider holds in this process, or where they can be fetched. */
export type ProviderMedia =
  { readonly kind: 'bytes'; readonly bytes: Uint8Array } | { readonly kind: 'url'; readonly url: string };

/** Why a generation failed, as its user sees it. */
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

/**
 * Who makes pictures and videos: a queue somewhere else. A job is handed over once; what became of it is looked up,
 * and a provider's call or `onChange` is only the hint that looking is worth it now.
 */
export abstract class GenerationProvider {
  /** Milliseconds between two looks at a job of which no hint comes. */
  abstract readonly pollEveryMs: number;

  /** `open`: the provider has failed so often that it is left alone for a moment; `half_open`: one call tries it. */
  abstract readonly circuit: 'closed' | 'open' | 'half_open';

  /**
   * Hands the job over and returns the provider's reference.
   * @throws GenerationRefused it was not taken and never will be
   * @throws SubmitUnknown it may have been taken: it must not be submitted again
   * @throws anything else: it was certainly not taken, and may be submitted later
   */
  abstract submit(order: ProviderOrder, signal: AbortSignal): Promise<string>;

  /**
   * The reference of a job whose submit ended without an answer (or with our own death), where it can be known from
   * our id; null where only the provider's call can tell it.
   */
  abstract findReference(order: Pick<ProviderOrder, 'id' | 'modelId'>): string | null;

  /** @throws when the provider does not answer, or answers what cannot be read: look again later */
  abstract poll(job: ProviderJob, signal: AbortSignal): Promise<ProviderStatus>;

  /**
   * The results of a finished job, at most 16, in their order.
   * @throws GenerationRefused when there are none or they cannot be read; anything else: ask again later
   */
  abstract results(job: ProviderJob, signal: AbortSignal): Promise<readonly ProviderMedia[]>;

  /**
   * Asks the provider to stop. `cancelled`: it will not finish, or nobody will see it; `finished`: too late, it has an
   * end of its own, which looking tells.
   * @throws when the provider does not answer: ask again later
   */
  abstract cancel(job: ProviderJob, signal: AbortSignal): Promise<'cancelled' | 'finished'>;

  /** Calls `listener` with the reference of a job that changed, where the provider knows at once. Returns the end of it. */
  abstract onChange(listener: (reference: string) => void): () => void;
}

/** The provider will not do this, now or later. */
export class GenerationRefused extends Error {
  override readonly name = 'GenerationRefused';
  constructor(
    readonly code: FailureCode,
    cause?: unknown,
  ) {
    super(code, { cause });
  }
}

/** Nobody knows whether the provider took the job. */
export class SubmitUnknown extends Error {
  override readonly name = 'SubmitUnknown';
  constructor(cause?: unknown) {
    super('the submit has no certain end', { cause });
  }
}
