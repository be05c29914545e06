/** Event streams of one instance: counts, milliseconds. */
export const streamPolicy = {
  perUser: 10,
  perInstance: 2000,
  heartbeatMs: 15_000,
  aliveCheckMs: 1000,
  concurrentChecks: 4,
  /** A stream that was told nothing for so long is read again: a lost notification costs a look, never a result. */
  lookAgainMs: 5_000,
  retryMs: 2000,
} as const;

/** Default lifetime of a signed link to a result in seconds. */
export const mediaUrlSeconds = 3600;
