import { SpanKind } from '@opentelemetry/api';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Secret } from '../../../config/values/secret.js';
import { drainTimeoutMs } from '../../../config/policy/perimeter/http.js';
import { queueLooks, queues } from '../../../config/policy/operations/queues.js';
import type { Transaction } from '../../database/database.js';
import { currentTraceparent, inSpan, type SpanOptions } from '../../observability/tracing/spans.js';
import { InstanceStopping } from '../../tasks/shutdown.js';
import { PeriodicTask } from '../../tasks/periodic-task.js';
import { JobQueue, type Job } from '../../ports/job-queue.js';

/** `traceparent`: of the request that enqueued it, where requests are traced. */
interface JobData {
  readonly id: string;
  readonly traceparent?: string;
}

/** pg-boss on the service's own database; its schema and queues are made by `db:migrate`. */
export class PgBossQueue extends JobQueue {
  private readonly boss: PgBoss;
  private readonly draining = new AbortController();
  /** The ids of the workers of each queue. */
  private readonly workers = new Map<string, string[]>();
  private readonly looking: PeriodicTask;

  /** `takesJobs`: else jobs are only added here, by the transactions that they belong to. */
  constructor(
    url: Secret,
    onTrouble: (error: unknown) => void,
    private readonly takesJobs = true,
  ) {
    super();
    this.boss = new PgBoss({
      connectionString: url.reveal(),
      application_name: 'velro-queue',
      max: takesJobs ? 4 : 1,
      migrate: false,
      createSchema: false,
      schedule: false,
      useListenNotify: takesJobs,
      supervise: takesJobs,
      // How soon the job of a killed worker is detected.
      superviseIntervalSeconds: 5,
      // Below the other: a slightly early round would be skipped, and the next comes five seconds later.
      monitorIntervalSeconds: 4,
      reindex: false,
      monitorVacuum: false,
    });
    this.boss.on('error', onTrouble);
    this.boss.on('warning', onTrouble);
    this.looking = new PeriodicTask({
      everyMs: queueLooks.dueSeconds * 1000,
      jitter: 0.2,
      run: () => this.look(),
      onError: onTrouble,
    });
  }

  async open(): Promise<void> {
    await this.boss.start();
    if (this.takesJobs) this.looking.start();
  }

  /** Aborts running jobs and waits for them; another worker retries what does not finish. */
  async close(): Promise<void> {
    if (this.draining.signal.aborted) return;
    this.draining.abort(new InstanceStopping());
    await this.looking.stop();
    await this.boss.stop({ graceful: true, timeout: drainTimeoutMs, close: true });
  }

  async enqueue(tx: Transaction, queue: string, id: string): Promise<void> {
    const traceparent = currentTraceparent();
    await this.boss.send(queue, traceparent === null ? { id } : { id, traceparent }, { db: fromKysely(tx) });
  }

  async depths(): Promise<Readonly<Record<string, number>>> {
    const found = await this.boss.getQueues();
    return Object.fromEntries(found.map(({ name, queuedCount }) => [name, queuedCount]));
  }

  async work(queue: string, concurrency: number, handler: (job: Job) => Promise<void>): Promise<void> {
    if (!(queue in queues)) throw new Error(`there is no queue ${queue}`);
    if (!this.takesJobs) throw new Error('this instance takes no jobs');
    const ids: string[] = [];
    this.workers.set(queue, ids);
    for (let worker = 0; worker < concurrency; worker++) {
      const id = await this.boss.work<JobData>(
        queue,
        {
          batchSize: 1,
          pollingIntervalSeconds: queueLooks.everySeconds,
          notifyPollingIntervalSeconds: queueLooks.whileNotifiedSeconds,
        },
        async (jobs) => {
          // While there are jobs, the next is fetched at once: the library would wait between them, as its batches are of one.
          this.wake(queue);
          for (const job of jobs)
            await inSpan(`process ${queue}`, spanOf(queue, job.data), () =>
              handler({ id: job.data.id, signal: AbortSignal.any([job.signal, this.draining.signal]) }),
            );
        },
      );
      ids.push(id);
    }
  }

  private wake(queue: string): void {
    for (const id of this.workers.get(queue) ?? []) this.boss.notifyWorker(id);
  }

  /** Of a due retry nothing notifies. One statement for all queues; it reads one job of each, however many there are. */
  private async look(): Promise<void> {
    const { rows } = (await this.boss.getDb().executeSql(
      `select name from unnest($1::text[]) as name where exists (
         select from pgboss.job j where j.name = name.name and j.state < 'active' and not j.blocked and j.start_after < now())`,
      [[...this.workers.keys()]],
    )) as { rows: readonly { name: string }[] };
    for (const { name } of rows) this.wake(name);
  }
}

const spanOf = (
  queue: string,
  { traceparent = null }: { readonly traceparent?: string | null },
): SpanOptions => ({
  kind: SpanKind.CONSUMER,
  parent: traceparent,
  attributes: { 'messaging.system': 'pg-boss', 'messaging.destination.name': queue },
});
