/** Logical backups: bytes, milliseconds. */
export const backupPolicy = {
  /** Some hundred bytes for each table, column and migration. */
  manifestBytes: 16 * 1024 * 1024,
  identityFileBytes: 64 * 1024,
  /** For the locks of all tables: a migration that holds one is given as long as it waits for its own. */
  lockWaitMs: 10_000,
  /** Files whose objects are looked at together. */
  objectsBatch: 500,
  /** Names that a backup lists of files that were deleted while it was made: more are taken for missing. */
  goneObjects: 100_000,
  connectTimeoutMs: 10_000,
  /** Before a silent connection is asked whether it is there. */
  keepAliveMs: 30_000,
  /** How often a service that waits for a restored database to be opened looks whether it is. */
  openedLookMs: 1000,
  /** Age of the last success from which the next backup is overdue: a day, and the time that one may take. */
  overdueMs: 26 * 3_600_000,
  watchEveryMs: 60_000,
  /** The same of restores for a test: a week, and a day for it. */
  selfTestOverdueMs: 8 * 86_400_000,
  selfTestWatchEveryMs: 3_600_000,
  /** Results that the target keeps, how long one may be, and how far ahead the clock of where it was made. */
  keptSelfTests: 60,
  selfTestCharacters: 64 * 1024,
  selfTestAheadMs: 3_600_000,
  /** Objects that a self-test reads unless it is told how many. */
  selfTestObjects: 200,
  /** Below VELRO_HOME, for its scratch database. */
  selfTestFolder: 'backup-self-test',
  /** With `--every`: the pause behind a self-test that failed. */
  selfTestRetryMs: 6 * 3_600_000,
  /** Runs that are remembered. */
  keptRunDays: 400,
  /** With `--every`: the pause behind a run that failed. */
  retryMs: 900_000,
  /** How often, and how far apart, a start asks a database that does not answer whether it was restored. */
  startTries: 20,
  startRetryMs: 250,
  /** Days for which the opening keeps objects without a row. */
  orphansKeptDays: 7,
  /** Rows that the opening of a restored database handles at a time. */
  openingBatch: 200,
} as const;

/** Requests to the bucket of backups: bytes, counts, milliseconds. */
export interface S3Limits {
  /** A body of more is sent in parts of it, one of which is in memory. S3 takes parts from 5 MiB on, and 10,000 of them. */
  readonly partBytes: number;
  /** Until the headers of an answer, behind a part as well. */
  readonly answerMs: number;
  /** Without a byte of an answer. */
  readonly silenceMs: number;
  readonly answerCharacters: number;
  /** Of a request while the service is away, and the pause before the second; it grows. */
  readonly tries: number;
  readonly pauseMs: number;
}

/** Of the service, which only looks: what is not answered now is asked an hour later. */
export const s3WatchPolicy = { answerMs: 10_000, silenceMs: 10_000, tries: 1 } as const;

export const s3Policy: S3Limits = {
  partBytes: 16 * 1024 * 1024,
  answerMs: 120_000,
  silenceMs: 60_000,
  answerCharacters: 4 * 1024 * 1024,
  tries: 4,
  pauseMs: 500,
};
