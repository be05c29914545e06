/** Nothing was sent: no connection, the breaker is open, or the caller had left before. It may be asked again. */
export class FalUnreached extends Error {
  override readonly name = 'FalUnreached';
  constructor(cause?: unknown) {
    super('fal was not asked', { cause });
  }
}

/** The request went out and no whole, readable answer came back: what fal made of it is not known. */
export class FalSilent extends Error {
  override readonly name = 'FalSilent';
  constructor(cause?: unknown) {
    super('fal gave no readable answer', { cause });
  }
}

/** An answer that is not 2xx. Of its body only the kinds are kept: its texts repeat prompts and signed links. */
export class FalRejected extends Error {
  override readonly name = 'FalRejected';
  constructor(
    readonly status: number,
    readonly rejection: Rejection,
    /** Milliseconds after which fal wants to be asked again, where it says so. */
    readonly retryAfterMs: number | null,
  ) {
    super(`fal answered ${[status, ...rejection.kinds].join(' ')}`);
  }
}

export interface Rejection {
  /** `model`: what a model says of its input. `platform`: the queue or what carries it. `foreign`: not fal's form. */
  readonly source: 'model' | 'platform' | 'foreign';
  /** fal's machine-readable kinds, at most 8. */
  readonly kinds: readonly string[];
  /** The word with which a cancel is answered, where there is one. */
  readonly status: string | null;
}
