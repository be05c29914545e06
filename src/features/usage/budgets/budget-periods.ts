/** The sums that hold what all language models cost together, and all generations. */
export const languageScope = 'total:ai';
/** Visitors of sites, all together; a part of what language models cost. */
export const visitorsScope = 'total:visitors';
export const generationsScope = 'total:generations';

/** A day and its month in UTC, as the sums name them: D2026-11-27 and M2026-11. */
export interface BudgetPeriods {
  readonly day: string;
  readonly month: string;
}

/** `now`: milliseconds since the epoch. */
export function periodsAt(now: number): BudgetPeriods {
  const text = new Date(now).toISOString();
  return { day: `D${text.slice(0, 10)}`, month: `M${text.slice(0, 7)}` };
}

/** Whole seconds from `now` until a period that `periodsAt` named is over; at least 1. */
export function secondsLeftOf(period: string, now: number): number {
  const start = new Date(`${period.slice(1)}${period.startsWith('M') ? '-01' : ''}T00:00:00Z`);
  if (period.startsWith('M')) start.setUTCMonth(start.getUTCMonth() + 1);
  else start.setUTCDate(start.getUTCDate() + 1);
  return Math.max(1, Math.ceil((start.getTime() - now) / 1000));
}
