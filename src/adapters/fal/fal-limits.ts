/** Times and bounds. All times in milliseconds. */
export interface FalLimits {
  /** From the call to the last byte of the response. */
  readonly submitTimeoutMs: number;
  readonly lookTimeoutMs: number;
  readonly resultsTimeoutMs: number;
  readonly cancelTimeoutMs: number;
  /** Of each of them for the connection: a request that is written late would end without its answer. */
  readonly connectTimeoutMs: number;
  /** Bytes of one response: it contains links, never media. */
  readonly maxAnswerBytes: number;
  /** Consecutive failures of the infrastructure that open the breaker. */
  readonly breakerFailures: number;
  /** From the opening of the breaker to the call that probes fal. */
  readonly breakerPauseMs: number;
}

export const falLimits: FalLimits = {
  submitTimeoutMs: 20_000,
  lookTimeoutMs: 10_000,
  resultsTimeoutMs: 15_000,
  cancelTimeoutMs: 10_000,
  connectTimeoutMs: 5_000,
  maxAnswerBytes: 1_048_576,
  breakerFailures: 5,
  breakerPauseMs: 10_000,
};

/** Milliseconds between two polls of a job without a callback. */
export const falLookEveryMs = 15_000;

/** Seconds for which fal keeps media that anyone with the link can see: ours are copied within a job's deadline. */
export const mediaExpireSeconds = 21_600;

/** Results of one job that are read. */
export const maxResults = 16;
