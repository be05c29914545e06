/**
 * Seconds until a retry may succeed, by class of SQLSTATE (PostgreSQL, appendix A) and by single codes that their class does not
 * decide. Codes of other classes are faults of a statement, and no reason to retry.
 */
const byClass: Readonly<Record<string, number>> = {
  // Connection exception.
  '08': 2,
  // Transaction rollback: serialisation failure, deadlock.
  '40': 1,
  // Insufficient resources: disk full, out of memory, too many connections.
  '53': 10,
  // Operator intervention: shutdown, crash, cancelled or timed out statement.
  '57': 2,
  // System error: input and output.
  '58': 10,
};
const byCode: Readonly<Record<string, number>> = {
  // Read-only transaction: a standby, or a database that its operator has closed for writes.
  '25006': 10,
  // Idle transaction ended.
  '25P03': 2,
  // Lock not available in time.
  '55P03': 1,
};

const sqlstate = /^[0-9A-Z]{5}$/;

/** Null for a code that says nothing about the availability of the database. */
export function retryAfterSecondsOf(code: string): number | null {
  if (!sqlstate.test(code)) return null;
  return byCode[code] ?? byClass[code.slice(0, 2)] ?? null;
}

/** The database refused a statement for what it holds: it would refuse it again. */
export const isStatementFault = (error: unknown): boolean => {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && sqlstate.test(code) && retryAfterSecondsOf(code) === null;
};

/** A statement met the locks of others: it failed for what it was together with, or waited for too long. */
export const isOfLocks = (error: unknown): boolean => {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && (code.startsWith('40') || code === '55P03' || code === '57014');
};

/** The driver stopped waiting for the answer to a statement, which the server may still carry out. */
export const isReadTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout';

/** The driver stopped waiting for a connection, in one of its two wordings: no statement was sent. */
export const isConnectTimeout = (error: unknown): boolean =>
  error instanceof Error &&
  (error.message === 'Connection terminated due to connection timeout' ||
    error.message === 'timeout exceeded when trying to connect');
