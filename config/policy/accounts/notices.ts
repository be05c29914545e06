/** Mails about changes of an account: counts, seconds, days. */
export const noticePolicy = {
  /** Of one kind to one account, in this time. */
  perKind: 3,
  countedSeconds: 3600,
  /** How long an unsent one is kept. */
  keepDays: 7,
  purgeEverySeconds: 3600,
  batch: 1000,
} as const;
