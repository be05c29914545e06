/** The kill switch: counts, seconds. */
export const aiSwitchPolicy = {
  /** Attempts to change it: statements before it may last, each no longer than one may take. */
  turnTries: 5,
  /** Retry-After of refused requests. */
  retryAfterSeconds: 60,
} as const;
