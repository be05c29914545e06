/** Processing of generations: counts, seconds, milliseconds. */
export const generationPolicy = {
  /** How long an accepted generation may stay queued while the provider accepts none. */
  queueSeconds: 3600,
  /** Parallel submits per instance; of polls and fetches `GENERATION_FOLLOWS_AT_ONCE`. */
  concurrentSubmits: 16,
  /** A worker's lease on a generation, and the interval of its renewal; a dead worker's lease expires. */
  leaseSeconds: 15,
  renewEveryMs: 5000,
  /** Between two polls of the database for due jobs, which cause no notification. */
  tickMs: 500,
  /** The same where for a while no job was due: what this instance is told of is looked for at once all the same. */
  idleTickMs: 2000,
  idleAfterMs: 10_000,
  /** Delay before a retry in seconds: doubled each time (exponential backoff), up to the maximum. */
  retryFirstSeconds: 1,
  retryMaxSeconds: 60,
  /** Consecutive failed polls or fetches after which a generation past its deadline is failed. */
  triesAfterDeadline: 4,
  /** Attempts to write the outcome of a submit while the database is unavailable: more than half a minute in total. */
  outcomeTries: 6,
  /** Hints about one generation within this time are coalesced. */
  hintEveryMs: 100,
  /** Timeout of one provider call, besides the adapter's own. */
  callMs: 60_000,
  /** Timeout for fetching and storing the results of one generation. */
  fetchMs: 900_000,
  /** A reference image is deleted with the last generation made from it, at the latest after these days. */
  referenceDays: 30,
  /** The last part of the drain: time for aborted work to settle. */
  abortedMs: 1500,
  resultsAtMost: 16,
  waitingCountedAtMost: 1000,
} as const;

/** Callbacks of the provider: tolerance of their timestamp, and retention of their signatures against replay. */
export const callbackPolicy = {
  windowSeconds: 300,
  rememberedSeconds: 3600,
  purgeEverySeconds: 600,
  purgeBatch: 1000,
} as const;

/** Requests with an `Idempotency-Key`. */
export const idempotencyPolicy = {
  keyCharacters: 255,
  /** A claim of a running request, which blocks others with its key; after this it expires and may be taken over. */
  claimSeconds: 60,
  keptSeconds: 24 * 3600,
  purgeEverySeconds: 600,
  purgeBatch: 1000,
} as const;
