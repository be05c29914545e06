/** Credits that one adjustment by an administrator may move, up or down. */
export const adjustmentAtMost = 1_000_000_000;

/** Days that the recent statistics cover. */
export const latelyDays = 30;

/** The task that gives monthly credits: milliseconds between two looks, accounts of one statement. */
export const monthlyCreditsPolicy = { everyMs: 10_000, batch: 500 } as const;

/** Credits that one top-up from outside may bring. */
export const topUpAtMost = 1_000_000_000;
