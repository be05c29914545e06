/** Mails about changes of an account: milliseconds, days. */
export const noticePolicy = {
  sendTimeoutMs: 10_000,
  /** How long an unsent one is kept; a sent one is deleted at once. */
  keepDays: 7,
  purgeEverySeconds: 3600,
  batch: 1000,
} as const;
