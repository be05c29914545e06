/** Commands that verify the credits and the storage: counts, milliseconds. */
export const verificationPolicy = {
  /** Rows that one statement checks, or that are in memory. */
  rowsPerPage: 200,
  /** Longer than the timeouts of the service, because no client request waits for it. */
  statementTimeoutMs: 60_000,
  /** Objects that are read at a time. */
  objectsAtOnce: 4,
  /** Objects in a row about which the storage did not answer, after which no more are asked for. */
  unansweredAtMost: 5,
} as const;
