/**
 * Requests of one account at once on one instance, fewer than the connections of the database pool: one person's burst leaves the
 * others theirs. Counts, milliseconds.
 */
export const concurrencyPolicy = {
  perAccount: 6,
  /** Further ones wait in order, so many of an account and so long. */
  waiting: 100,
  waitMs: 3000,
} as const;
