/** The kill switch: counts, seconds. */
export const aiSwitchPolicy = {
  /** Whoever holds it does so for no longer than one statement may take: turning it is tried so often. */
  turnTries: 5,
  /** What those who are refused are told to wait. */
  retryAfterSeconds: 60,
} as const;
