/** Budgets of language models and generations. */
export const budgetPolicy = {
  /** Milliseconds between two looks at how much of them is spent, and between two deletions of old sums. */
  watchEveryMs: 5000,
  purgeEveryMs: 3_600_000,
  /** How long sums are kept: nothing asks for those of ended periods but people who look back. */
  keepDays: 40,
  keepMonths: 25,
  purgeBatch: 5000,
} as const;
