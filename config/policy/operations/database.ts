export interface DatabaseLimits {
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** Connections; `DATABASE_POOL_SIZE`. */
  readonly poolSize: number;
  /** A server that answered a statement within so long is there: every connection may wait for a lock, for one statement's time. */
  readonly aliveMs: number;
}

/** A request fails within a second when the database is unavailable. */
export const databaseLimits: DatabaseLimits = {
  connectTimeoutMs: 900,
  statementTimeoutMs: 900,
  poolSize: 10,
  aliveMs: 2000,
};

/** Ten seconds of waiting for the locks of a migration at most, of which no other statement waits for more than one. */
export const migrationLockBudget = { waitMs: 1000, tries: 10, pauseMs: 500 } as const;

/** A deploy waits for another one that migrates; milliseconds. */
export const deployTurn = { waitMs: 300_000, askEveryMs: 200 } as const;
