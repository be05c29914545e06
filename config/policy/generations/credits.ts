/** Credits that one adjustment by an administrator may move, up or down. */
export const adjustmentAtMost = 1_000_000_000;

/** Days that count as lately in the statistics. */
export const latelyDays = 30;
