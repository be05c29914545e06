import type { Kysely, Transaction as KyselyTransaction } from 'kysely';
import type { DB } from './schema.js';

/** A transaction: what is asked through it commits together or not at all. */
export type Transaction = KyselyTransaction<DB>;
/** Where a query runs: inside a transaction, or on its own. */
export type Executor = Kysely<DB>;

/** Every connection is in use, and the database answers: the request waited its time for one. */
export class DatabaseBusy extends Error {
  override readonly name = 'DatabaseBusy';
}

/** PostgreSQL, as the role that owns nothing. Every query has a deadline; a lost connection is an error, never a wait. */
export abstract class Database {
  /** For single statements. */
  abstract readonly query: Executor;
  /** Runs `work` in one transaction: commits when it resolves, rolls back when it throws. */
  abstract transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** The same on a connection that no request shares: for what an operator must be able to do while all others are in use. */
  abstract reserved<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Connections of the pool, and how many wait for one. */
  abstract connections(): { readonly busy: number; readonly idle: number; readonly waiting: number };
  /** Whether it takes writes: a standby does not. */
  abstract isWritable(): Promise<boolean>;
  /** Resolves when the database answers; rejects within a second when it does not. */
  abstract ping(): Promise<void>;
}
