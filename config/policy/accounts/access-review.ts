/** The review of who may do what. */
export const accessReviewPolicy = {
  /** Days after which an attestation is due again, and without use after which a key or an administrator is stale. */
  everyDays: 90,
  staleDays: 90,
  /** Administrators and stale keys that one report lists; how many there are, it says. */
  administrators: 200,
  staleKeys: 500,
} as const;
