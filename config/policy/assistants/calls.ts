/** Calls of language models. */
export const modelCallPolicy = {
  /** The window of AI_MAX_CALLS_PER_MIN and its family. */
  windowSeconds: 60,
  /** Of AI_MAX_CALLS_PER_MIN_OTHER one person takes at most this share; of it and of the budgets all visitors together, and one visitor or address. */
  personShare: 1 / 10,
  visitorsShare: 1 / 4,
  visitorShare: 1 / 20,
  /** With a second provider the first gets this share of the time to the first text. */
  firstProviderShare: 0.6,
  /** Longest answer of a stream, whatever its pace. Milliseconds. */
  streamTotalMs: 120_000,
  /** Parts before the first text that are kept: thoughts beyond these are dropped. */
  keptParts: 1000,
  /** Tokens of the answer to a ping: enough for its word, and for what a model thinks before it. */
  pingTokens: 256,
  /** Longest that a call stays unsettled after its time is over, before a sweep settles it. Milliseconds. */
  settleGraceMs: 30_000,
  /** Calls that one sweep settles; milliseconds between two sweeps. */
  sweepBatch: 500,
  sweepEveryMs: 10_000,
  /** Calls that are reserved or settled together at most, when they come together: a statement of so many ends far within its time. */
  callsPerStatement: 50,
  /** Days that single calls are kept; sums by day stay. */
  keepDays: 90,
  /** Tries to settle one call, and milliseconds between them; after the last the sweep settles it. */
  settleTries: 3,
  settleRetryMs: 250,
} as const;

/**
 * Bytes of pictures that are in memory for running calls, as they are stored: the packages hold a few times as much. One payer's, and how
 * many calls may wait for room.
 */
export const pictureRoom = { bytes: 48 * 1024 ** 2, bytesOfOne: 12 * 1024 ** 2, waiting: 500 } as const;

/** ASCII characters of a token, about, where tokens are counted here. */
export const asciiPerToken = 4;

/** Most tokens that a model counts for a picture, and about as many where tokens are counted here. */
export const imageTokens = { most: 6000, about: 1500 } as const;

/** Most tokens that a message takes beside its text: role and separators. */
export const tokensPerMessage = 8;
