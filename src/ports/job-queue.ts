import type { Transaction } from '../database/database.js';

export interface Job {
  /** What was enqueued: an id and nothing else, so that a job never disagrees with the row it speaks of. */
  readonly id: string;
  /** Ends when the instance drains: give up at once, the job is given to another worker. */
  readonly signal: AbortSignal;
}

/** Work that outlives a request and a crash: at least once, with retries and a dead letter queue. */
export abstract class JobQueue {
  /** Adds a job in the same transaction as the row it belongs to. */
  abstract enqueue(tx: Transaction, queue: string, id: string): Promise<void>;
  /** How many jobs wait, by queue; a few seconds old. */
  abstract depths(): Promise<Readonly<Record<string, number>>>;
  /** Works on `queue`, at most `concurrency` jobs at a time. A rejection is a retry. */
  abstract work(queue: string, concurrency: number, handler: (job: Job) => Promise<void>): Promise<void>;
}
