/** Deletion of accounts. Days, seconds, milliseconds and counts. */
export const accountDeletionPolicy = {
  /** From the request to the deletion: until then it may be cancelled. */
  graceDays: 14,
  /** For so long an address whose account was deleted gets no first credits again. */
  firstCreditsDays: 365,
  /** How long what is under way may take to end; then it is given up. */
  closingSeconds: 900,
  /** Between two looks at what is under way. */
  waitSeconds: 3,
  /** Rows, or objects, of one statement. */
  batch: 1000,
  /** Counted of a table in which something is left. */
  countAtMost: 1000,
  /** Of a worker: without a sign of life another takes over. */
  leaseMs: 60_000,
  lookEveryMs: 1000,
  idleLookEveryMs: 10_000,
  atOnce: 1,
  /** After a failure: doubled each time, up to the longest. */
  retrySeconds: 15,
  retryAtMostSeconds: 3600,
  /** Failures in a row after which the security team is told, once a day from then on. */
  toldAfterFailures: 6,
  /** While the account is the last of its kind of administrators: until it is looked at again. */
  lastAdministratorSeconds: 24 * 3600,
  purgeEverySeconds: 3600,
} as const;
