/** Guesses at the password of one account: counts, seconds. */
export const loginAttemptPolicy = {
  /** Consecutive failures from unknown devices (NIST SP 800-63B-4, 3.2.2). */
  maxFailures: 100,
  /** Waiting alone opens nothing: a success or a completed reset may have come by then. */
  exceededRetryAfterSeconds: 3600,
  /** An attempt older than this has ended or died with its process: every call it makes has a shorter deadline. */
  attemptSeconds: 300,
  /** How long the count of an address without an account is kept after the last attempt. */
  strangerRetentionSeconds: 30 * 24 * 3600,
  /** Counts of addresses without an account that are kept at most, about 100 MB. */
  maxStrangers: 500_000,
} as const;

/** Devices that have signed in: counts, seconds. */
export const devicePolicy = {
  /** Failures of one device in the window. */
  limit: 10,
  windowSeconds: 3600,
  /** A device is forgotten when it has not signed in for this long. */
  lifetimeSeconds: 180 * 24 * 3600,
  perUser: 20,
} as const;

/** Removal of what has lapsed: seconds between two rounds, rows of one statement. */
export const loginAttemptPurgePolicy = { everySeconds: 3600, batch: 5000 } as const;
