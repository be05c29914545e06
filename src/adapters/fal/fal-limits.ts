/** How long and how much. All times in milliseconds. */
export interface FalLimits {
  /** From the call to the last byte of the answer. */
  readonly submitTimeoutMs: number;
  readonly lookTimeoutMs: number;
  readonly resultsTimeoutMs: number;
  readonly cancelTimeoutMs: number;
  /** Bytes of one answer: it carries links, never media. */
  readonly maxAnswerBytes: number;
  /** Failures of the infrastructure in a row that open the breaker. */
  readonly breakerFailures: number;
  /** From the opening of the breaker to the one call that asks whether fal is back. */
  readonly breakerPauseMs: number;
}

export const falLimits: FalLimits = {
  submitTimeoutMs: 20_000,
  lookTimeoutMs: 10_000,
  resultsTimeoutMs: 15_000,
  cancelTimeoutMs: 10_000,
  maxAnswerBytes: 1_048_576,
  breakerFailures: 5,
  breakerPauseMs: 10_000,
};

/** Milliseconds between two looks at a job of which fal has not called back. */
export const falLookEveryMs = 15_000;

/** Seconds for which fal keeps media that anyone with the link can see: ours are copied within a job's deadline. */
export const mediaExpireSeconds = 21_600;

/** Results of one job that are read. */
export const maxResults = 16;
