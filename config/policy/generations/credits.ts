/** Credits that one adjustment by an administrator may move, up or down. */
export const adjustmentAtMost = 1_000_000_000;

/** Days that the recent statistics cover. */
export const latelyDays = 30;
