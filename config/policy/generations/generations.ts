/** The flow of generations: counts, seconds, milliseconds. */
export const generationPolicy = {
  /** How long an accepted generation may wait for a provider that takes nothing. */
  queueSeconds: 3600,
  /** What one instance hands over, and what it looks at or fetches, at a time. */
  submitsAtOnce: 16,
  followsAtOnce: 8,
  /** Whoever works on a generation holds it for so long, and says so again while working; the dead do not. */
  leaseSeconds: 15,
  renewEveryMs: 5000,
  /** Between two looks for work that nobody announced: of another instance, or come due. */
  tickMs: 500,
  /** Until something that failed is tried again: doubled each time, up to the second. Seconds. */
  retryFirstSeconds: 1,
  retryMaxSeconds: 60,
  /** Looks or fetches that have to fail one after the other before what is past its deadline is given up for it. */
  triesAfterDeadline: 4,
  /** How often the end of a submit is written again while the database is away: half a minute and more in all. */
  outcomeTries: 6,
  /** Hints about one generation closer together than this are one hint. */
  hintEveryMs: 100,
  /** How long one call of the provider may take before it is given up, should its adapter not do so. */
  callMs: 60_000,
  /** How long the results of one generation may take to fetch and store. */
  fetchMs: 900_000,
  /** A reference image goes with the last generation made from it, and after so many days in any case. */
  referenceDays: 30,
  /** The last part of the drain: how long what is cut off then may take to say so. */
  abortedMs: 1500,
  resultsAtMost: 16,
  waitingCountedAtMost: 1000,
} as const;

/** Calls of the provider: how far their clock may be off, and how long the bytes of one are remembered. */
export const callbackPolicy = {
  windowSeconds: 300,
  rememberedSeconds: 3600,
  purgeEverySeconds: 600,
  purgeBatch: 1000,
} as const;

/** Requests that name themselves. */
export const idempotencyPolicy = {
  keyCharacters: 255,
  /** While the first request is at work, others with its key are told so; after this it is taken for dead. */
  claimSeconds: 60,
  keptSeconds: 24 * 3600,
  purgeEverySeconds: 600,
  purgeBatch: 1000,
} as const;
