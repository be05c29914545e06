export interface DatabaseLimits {
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly poolSize: number;
}

/** A request fails within a second when the database is unavailable. */
export const databaseLimits: DatabaseLimits = {
  connectTimeoutMs: 900,
  statementTimeoutMs: 900,
  poolSize: 10,
};
