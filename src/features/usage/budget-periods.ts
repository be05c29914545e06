/** The sums that hold what all language models cost together. */
export const languageScope = 'total:ai';

/** The day and month of a moment in UTC, as the sums name them. */
export function periodsAt(now: number): { readonly day: string; readonly month: string } {
  const text = new Date(now).toISOString();
  return { day: `D${text.slice(0, 10)}`, month: `M${text.slice(0, 7)}` };
}
