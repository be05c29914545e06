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

/** What people are shown of use by day. */
export const usagePolicy = {
  shownDays: 30,
  /** Days of one range: one's own, and everybody's, of whom there are many. */
  ownDays: 366,
  allDays: 31,
  rowsAtMost: 1000,
  /** How long use by day is kept. */
  keepDays: 800,
} as const;

/** Unusual rises of use. */
export const risePolicy = {
  everyMs: 10_000,
  /** People that one instance remembers between two looks, and looks at in one statement. */
  peopleAtMost: 10_000,
  batch: 500,
  /** The usual day is the mean of the days with use among these before; fewer with use say nothing. */
  days: 28,
  leastDays: 3,
  times: 3,
  /** Micro-dollars and credits of a day below which no rise matters. */
  leastCost: 100_000,
  leastCredits: 100,
} as const;
