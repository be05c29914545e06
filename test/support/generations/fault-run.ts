import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../database/database.js';
import { FalServer } from '../fal/fal-server.js';
import type { FalWeather } from '../fal/fal-weather.js';
import { until } from '../process/wait-until.js';
import type { GenerationLoad } from './generation-load.js';

/** Between the last fault and the end of the run at most; a lease is 15 s, and so are two looks apart. */
const endWithinMs = 120_000;

export interface FaultRow {
  readonly id: string;
  readonly status: string;
  readonly error_code: string | null;
  readonly provider_reference: string | null;
  /** Ended at its deadline or after it. */
  readonly overdue: boolean;
}

/** Quick, and patient with whoever is away when it calls. */
export const providerOfFaults = (): Promise<FalServer> =>
  FalServer.start({
    automatic: { queueMs: 50, workMs: 100 },
    webhookRetries: { count: 400, everyMs: 250 },
    videoBytes: 30_000,
  });

/** Generations that are asked for while the service or its provider fail. */
export class FaultRun {
  rows: readonly FaultRow[] = [];

  constructor(
    readonly home: string,
    readonly fal: FalServer,
    readonly weather: FalWeather,
    readonly load: GenerationLoad,
  ) {}

  /** Ends the load and waits for the end of each generation. */
  async finish(): Promise<void> {
    this.load.stop();
    await this.weather.clear();
    // A key whose request was killed is blocked for a minute, which nobody needs to wait for here.
    const freeing = setInterval(() => {
      ask(this.home, 'update velro.idempotency_keys set claimed_until = now() where answer is null').catch(
        () => undefined,
      );
    }, 500);
    await this.load.ended();
    clearInterval(freeing);
    await until(() => this.allHaveEnds(), 'an end of all generations', endWithinMs).catch(
      async (error: unknown) => {
        throw new Error(JSON.stringify(await this.openOnes()), { cause: error });
      },
    );
    this.rows = await ask<FaultRow>(
      this.home,
      'select id, status, error_code, provider_reference, finished_at >= deadline_at as overdue from velro.generations order by id',
    );
  }

  withStatus(status: string): readonly FaultRow[] {
    return this.rows.filter((row) => row.status === status);
  }

  submitsOf(id: string): readonly FalServer['jobs']['all'][number][] {
    return this.fal.jobs.all.filter(({ webhookUrl }) => jobOf(webhookUrl) === id);
  }

  /** Never handed over, or handed over and never called about. */
  isBeyondKnowing(id: string): boolean {
    return this.submitsOf(id).every(({ id: reference }) => this.weather.silenced.has(reference));
  }

  /** What the run came to, for whoever reads the output. */
  report(title: string): void {
    process.stdout.write(
      `${title}: ${this.load.acknowledged.length} acknowledgements of ` +
        `${new Set(this.load.acknowledged.map(({ id }) => id)).size} generations, ${this.rows.length} accepted, ` +
        `${this.withStatus('completed').length} completed, ${this.withStatus('failed').length} failed, ` +
        `${this.fal.jobs.all.length} submits, ${this.load.unanswered} requests without key and answer\n`,
    );
  }

  /**
   * Of some jobs nobody can ever know whether they were taken: their submit was cut off, and no call comes. They are given
   * up at a deadline that is minutes away, and that wait is all that is shortened here.
   */
  private async allHaveEnds(): Promise<boolean> {
    await sleep(250);
    const open = await ask<{ id: string; unknown: boolean }>(
      this.home,
      `select id, status = 'submitting' and provider_reference is null and due_at = deadline_at as unknown
       from velro.generations where status not in ('completed', 'failed', 'cancelled')`,
    );
    const lost = open.filter(({ id, unknown }) => unknown && this.isBeyondKnowing(id)).map(({ id }) => id);
    await ask(
      this.home,
      `update velro.generations set deadline_at = now(), due_at = now() where id = any($1) and status = 'submitting'`,
      [lost],
    );
    return open.length === 0;
  }

  /** What there is to see of those that have no end. */
  private openOnes(): Promise<object[]> {
    return ask(
      this.home,
      `select status, provider_reference is null as unknown, attempts, failures, count(*)::int,
         round(extract(epoch from min(due_at) - now())) as due_in, round(extract(epoch from min(deadline_at) - now())) as deadline_in
       from velro.generations where status not in ('completed', 'failed', 'cancelled') group by 1, 2, 3, 4 limit 20`,
    );
  }
}

/** Id of the generation whose address of calls this is; `none` without one. */
export const jobOf = (webhookUrl: string | null): string =>
  new URL(webhookUrl ?? 'none:').searchParams.get('job') ?? 'none';
