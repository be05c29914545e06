import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Counters, type Bucket, type Decision } from '../../ports/counters.js';
import type { Database } from '../../database/database.js';
import { bucketHash } from '../counting/bucket-hash.js';
import { decisionOf } from '../counting/decision-of.js';
import { inBatches } from '../../tasks/in-batches.js';
import { PeriodicTask } from '../../tasks/periodic-task.js';

const purgeEveryMs = 60_000;
/** Rows deleted in one statement, which must end within the statement timeout. */
const purgeBatch = 5000;

interface Answer {
  readonly rooms: readonly number[];
  readonly waits: readonly number[];
}

/** Counters in the database, on its clock: one round trip and one transaction a decision. */
export class PostgresCounters extends Counters {
  private readonly purging: PeriodicTask;

  constructor(
    private readonly database: Database,
    onTrouble: (error: unknown) => void,
  ) {
    super();
    this.purging = new PeriodicTask({
      everyMs: purgeEveryMs,
      run: (signal) => this.purge(signal),
      onError: onTrouble,
    });
  }

  /** Starts the purge of expired rows. */
  open(): void {
    this.purging.start();
  }

  close(): Promise<void> {
    return this.purging.stop();
  }

  async take(buckets: readonly Bucket[]): Promise<Decision> {
    const receipt = randomUUID();
    const { rows } = await sql<Answer>`
      select rooms, waits from velro.take_hits(${receipt}, ${columns(buckets)})`.execute(this.database.query);
    const [answer] = rows;
    if (answer === undefined) throw new Error('a decision without an answer');
    return decisionOf(answer.rooms, answer.waits, receipt);
  }

  async giveBack(buckets: readonly Bucket[], receipt: string): Promise<void> {
    if (receipt === '') return;
    await sql`select velro.give_back_hits(${receipt}, ${columns(buckets)})`.execute(this.database.query);
  }

  /** Deletes expired rows. Skips locked ones (SKIP LOCKED), and so never waits for a decision. */
  async purge(signal: AbortSignal): Promise<void> {
    await inBatches(purgeBatch, () => this.removeExpired(), signal);
  }

  private async removeExpired(): Promise<number> {
    const { numAffectedRows } = await sql`
      delete from velro.counter_hits where (bucket, at, decision) in (
        select bucket, at, decision from velro.counter_hits where expires_at < now()
        limit ${purgeBatch} for update skip locked)`.execute(this.database.query);
    return Number(numAffectedRows ?? 0);
  }
}

const columns = (buckets: readonly Bucket[]) =>
  sql.join([
    sql`${buckets.map(bucketHash)}::bytea[]`,
    sql`${buckets.map(({ strategy }) => strategy)}::text[]`,
    sql`${buckets.map(({ limit }) => limit)}::bigint[]`,
    sql`${buckets.map(({ windowSeconds }) => windowSeconds * 1e6)}::bigint[]`,
  ]);
