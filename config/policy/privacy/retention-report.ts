/** What is kept for longer than the rules say is looked for. Seconds, milliseconds, rows. */
export const retentionReportPolicy = {
  /** Behind its period a row has this time until its task has run. */
  slackSeconds: 24 * 3600,
  checkEveryMs: 2 * 3600 * 1000,
  /** Of each table. */
  countAtMost: 1000,
} as const;
