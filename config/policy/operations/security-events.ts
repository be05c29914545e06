/** Equal events of one subject are one line and one row a minute. Milliseconds and counts. */
export const eventThrottlePolicy = {
  quietMs: 60_000,
  /** Between two checks for minutes that have ended. */
  sweepEveryMs: 1000,
  /** Different events of one address in that time; beyond, they are one line by name. */
  perSubject: 120,
  /** Lines of all subjects in that time, of LOW and MEDIUM events, and apart from them of HIGH and CRITICAL ones. */
  perMinute: 12_000,
  /** Different events held in memory, of either. */
  held: 20_000,
} as const;

/** Writing of security events to the database: counts, milliseconds. */
export const eventKeeping = {
  /** Longest time from an event to its write: with the write itself, a kill loses less than a second. */
  everyMs: 250,
  /** Batch size; a full batch is written at once. */
  batch: 500,
  /** Events buffered while the database is unavailable. Beyond, the oldest are only in the log. */
  held: 10_000,
  /** HIGH and CRITICAL ones, which wait apart: no number of lower ones drops them. */
  heldMajor: 5000,
  /** Between two attempts. */
  retryMs: 500,
} as const;

/** Events that one page reads of those that meet the first of several conditions, of which most may not meet the others. */
export const eventReading = { rows: 5000 } as const;

/** Purge of events, alerts and blocks older than AUDIT_RETENTION_DAYS: seconds between runs, rows per statement. */
export const eventPurge = { everySeconds: 3600, batch: 5000 } as const;

/** Lifetime of the cached counts of the posture. Milliseconds. */
export const postureCachedMs = 10_000;

/** Alerts to the receiver: seconds, counts, milliseconds. */
export const alertPolicy = {
  /** The same event of the same subject alerts once in this time; the next alert has the number suppressed between. */
  quietSeconds: 60,
  /** Of all subjects together in that time: an attack from many addresses is one attack. */
  perMinute: 60,
  /** Subjects kept in memory. */
  subjects: 10_000,
  /** Alerts that wait for the database. */
  waiting: 1000,
  sendTimeoutMs: 5000,
} as const;
