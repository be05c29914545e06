import type { Transaction } from '../database/database.js';

export interface Job {
  /** The id that was enqueued; no other data, so that a job never disagrees with its row. */
  readonly id: string;
  /** Aborted when the instance shuts down: stop at once, another worker retries the job. */
  readonly signal: AbortSignal;
}

/** Durable background jobs: at-least-once delivery, retries and a dead letter queue. */
export abstract class JobQueue {
  /** Adds a job in the same transaction as the row it belongs to. */
  abstract enqueue(tx: Transaction, queue: string, id: string): Promise<void>;
  /** Number of waiting jobs by queue; a few seconds old. */
  abstract depths(): Promise<Readonly<Record<string, number>>>;
  /** Consumes `queue`, at most `concurrency` jobs at a time. A rejection causes a retry. */
  abstract work(queue: string, concurrency: number, handler: (job: Job) => Promise<void>): Promise<void>;
}
