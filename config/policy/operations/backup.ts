/** Logical backups: bytes, milliseconds. */
export const backupPolicy = {
  /** Some hundred bytes for each table, column and migration. */
  manifestBytes: 16 * 1024 * 1024,
  identityFileBytes: 64 * 1024,
  /** For the locks of all tables: a migration that holds one is given as long as it waits for its own. */
  lockWaitMs: 10_000,
  /** Files whose objects are looked at together. */
  objectsBatch: 500,
  connectTimeoutMs: 10_000,
  /** Before a silent connection is asked whether it is there. */
  keepAliveMs: 30_000,
  /** How often a service that waits for a restored database to be opened looks whether it is. */
  openedLookMs: 1000,
  /** Rows that the opening of a restored database handles at a time. */
  openingBatch: 200,
} as const;
