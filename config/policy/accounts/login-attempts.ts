/** Login attempts (brute force) at one account: counts, seconds. */
export const loginAttemptPolicy = {
  /** Consecutive failures from unknown devices (NIST SP 800-63B-4, 3.2.2). */
  maxFailures: 100,
  /** The limit does not expire with time: only a success of a known device or a completed reset lifts it. */
  exceededRetryAfterSeconds: 3600,
  /** An older attempt has ended or its process died: every call it makes has a shorter timeout. */
  attemptSeconds: 300,
  /** How long the count of an address without an account is kept after the last attempt. */
  unknownAccountRetentionSeconds: 30 * 24 * 3600,
  /** Counts of addresses without an account that are kept at most, about 100 MB. */
  maxUnknownAccounts: 500_000,
} as const;

/** Devices that have signed in: counts, seconds. */
export const devicePolicy = {
  /** Failures of one device in the window. */
  limit: 10,
  windowSeconds: 3600,
  /** A device expires this long after its last sign-in. */
  lifetimeSeconds: 180 * 24 * 3600,
  perUser: 20,
} as const;

/** Purge of expired counts and devices: seconds between two runs, rows per statement. */
export const loginAttemptPurgePolicy = {
  everySeconds: 3600,
  batch: 5000,
  /** Accounts that one statement looks at. */
  accountsOfScan: 5000,
} as const;
