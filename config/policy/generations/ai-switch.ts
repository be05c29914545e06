/** The kill switch: counts, seconds. */
export const aiSwitchPolicy = {
  /** Attempts to change it: its row may be locked, for no longer than one statement may take. */
  turnTries: 5,
  /** Retry-After of refused requests. */
  retryAfterSeconds: 60,
} as const;
