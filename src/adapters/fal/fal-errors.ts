/** Nothing was sent: no connection, the breaker is open, or the call was aborted before. It may be retried. */
export class FalUnreached extends Error {
  override readonly name = 'FalUnreached';
  constructor(cause?: unknown) {
    super('fal was not asked', { cause });
  }
}

/** The request was sent, but no complete, valid response came back: its outcome is unknown. */
export class FalSilent extends Error {
  override readonly name = 'FalSilent';
  constructor(cause?: unknown) {
    super('fal gave no readable answer', { cause });
  }
}

/** A response that is not 2xx. Of its body only the kinds are kept: its texts quote prompts and signed links. */
export class FalRejected extends Error {
  override readonly name = 'FalRejected';
  constructor(
    readonly status: number,
    readonly rejection: Rejection,
    /** Retry-After of fal in milliseconds, or null. */
    readonly retryAfterMs: number | null,
  ) {
    super(`fal answered ${[status, ...rejection.kinds].join(' ')}`);
  }
}

export interface Rejection {
  /**
   * `model`: an error of the model about its input. `platform`: of the queue or its infrastructure. `foreign`: not in
   * fal's format.
   */
  readonly source: 'model' | 'platform' | 'foreign';
  /** fal's machine-readable kinds, at most 8. */
  readonly kinds: readonly string[];
  /** The status in the response to a cancel, or null. */
  readonly status: string | null;
}
