/** Security events on their way to the database: counts, milliseconds. */
export const eventKeeping = {
  /** From an event to the statement that writes it, at most: with the write itself a kill costs less than a second. */
  everyMs: 250,
  /** So many are written at once, as soon as they have come. */
  batch: 500,
  /** While the database is away. Beyond it the oldest stand in the log alone. */
  held: 10_000,
  /** Between two tries. */
  retryMs: 500,
} as const;

/** Removal of events, alerts and blocks that are older than AUDIT_RETENTION_DAYS: seconds between rounds, rows of one statement. */
export const eventPurge = { everySeconds: 3600, batch: 5000 } as const;

/** What the posture counts is counted at most so often. Milliseconds. */
export const postureCachedMs = 10_000;

/** Alerts to the receiver: seconds, counts, milliseconds. */
export const alertPolicy = {
  /** The same event of the same subject alerts once in this time; the next alert says how many came between. */
  quietSeconds: 60,
  /** Of all subjects together in that time: an attack from many addresses is one attack. */
  perMinute: 60,
  /** Subjects that are remembered. */
  subjects: 10_000,
  /** Alerts that wait for the database. */
  waiting: 1000,
  sendTimeoutMs: 5000,
} as const;
