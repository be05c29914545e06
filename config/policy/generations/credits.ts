/** Credits that one adjustment by an administrator may move, up or down. */
export const adjustmentAtMost = 1_000_000_000;

/** Days that the recent statistics cover. */
export const latelyDays = 30;

/**
 * The task that gives monthly credits: milliseconds between two looks, accounts of one statement. Each account may have twenty webhook
 * endpoints, and the service as many: a statement of 500 of them would not end in its time.
 */
export const monthlyCreditsPolicy = { everyMs: 10_000, batch: 50 } as const;

/** Credits that one top-up from outside may bring. */
export const topUpAtMost = 1_000_000_000;
