import { fromKysely, PgBoss } from 'pg-boss';
import type { Secret } from '../../../config/values/secret.js';
import { drainTimeoutMs } from '../../../config/policy/perimeter/http.js';
import { queueLooks, queues } from '../../../config/policy/operations/queues.js';
import type { Transaction } from '../../database/database.js';
import { InstanceStopping } from '../../tasks/shutdown.js';
import { JobQueue, type Job } from '../../ports/job-queue.js';

/** pg-boss on the service's own database; its schema and queues are made by `db:migrate`. */
export class PgBossQueue extends JobQueue {
  private readonly boss: PgBoss;
  private readonly draining = new AbortController();

  constructor(url: Secret, onTrouble: (error: unknown) => void) {
    super();
    this.boss = new PgBoss({
      connectionString: url.reveal(),
      application_name: 'velro-queue',
      max: 4,
      migrate: false,
      createSchema: false,
      schedule: false,
      useListenNotify: true,
      // How soon the job of a killed worker is detected.
      superviseIntervalSeconds: 5,
      // Below the other: a slightly early round would be skipped, and the next comes five seconds later.
      monitorIntervalSeconds: 4,
      reindex: false,
      monitorVacuum: false,
    });
    this.boss.on('error', onTrouble);
    this.boss.on('warning', onTrouble);
  }

  async open(): Promise<void> {
    await this.boss.start();
  }

  /** Aborts running jobs and waits for them; another worker retries what does not finish. */
  async close(): Promise<void> {
    if (this.draining.signal.aborted) return;
    this.draining.abort(new InstanceStopping());
    await this.boss.stop({ graceful: true, timeout: drainTimeoutMs, close: true });
  }

  async enqueue(tx: Transaction, queue: string, id: string): Promise<void> {
    await this.boss.send(queue, { id }, { db: fromKysely(tx) });
  }

  async depths(): Promise<Readonly<Record<string, number>>> {
    const found = await this.boss.getQueues();
    return Object.fromEntries(found.map(({ name, queuedCount }) => [name, queuedCount]));
  }

  async work(queue: string, concurrency: number, handler: (job: Job) => Promise<void>): Promise<void> {
    if (!(queue in queues)) throw new Error(`there is no queue ${queue}`);
    await this.boss.work<{ id: string }>(
      queue,
      {
        batchSize: 1,
        localConcurrency: concurrency,
        pollingIntervalSeconds: queueLooks.everySeconds,
        // While there are jobs, fetch the next at once.
        burstWhenBatchFull: true,
        // A due retry causes no notification; the library would poll only after 30 seconds.
        notifyPollingIntervalSeconds: queueLooks.whileNotifiedSeconds,
      },
      async (jobs) => {
        for (const job of jobs)
          await handler({ id: job.data.id, signal: AbortSignal.any([job.signal, this.draining.signal]) });
      },
    );
  }
}
