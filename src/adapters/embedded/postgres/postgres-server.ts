import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { EmbeddedError } from '../embedded-error.js';
import type { PostgresPlace } from './place.js';
import { findPostmaster, lastComplaint, launchPostmaster, logLength, type Postmaster } from './postmaster.js';
import { processBirth, signalProcess, waitUntilGone } from './process-identity.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';

const startTimeoutMs = 30_000;
const stopTimeoutMs = 10_000;
const watchEveryMs = 250;
const longestPauseMs = 8000;
/** Transient errors: processes of a killed postmaster still end, or another program uses the port. */
const passing = /still in use|already in use|could not bind|could not create any|lock file/;

/** Supervises the postmaster of one data folder: finds or starts it, restarts it when it dies, stops it. */
export class PostgresServer {
  /** True when it was running already. */
  adopted = false;
  private current: Postmaster | null = null;
  private readonly stopping = new AbortController();
  private watching: PeriodicTask | null = null;

  private constructor(
    private readonly place: PostgresPlace,
    private readonly data: string,
    private readonly urlAt: (port: number) => string,
    private readonly launched: () => void,
  ) {}

  static async open(
    place: PostgresPlace,
    data: string,
    urlAt: (port: number) => string,
    launched: () => void,
  ): Promise<PostgresServer> {
    const server = new PostgresServer(place, data, urlAt, launched);
    try {
      server.adopted = await server.bringUp(null);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  get port(): number {
    return this.current?.port ?? 0;
  }

  /** The port stays the same, so that every pool reconnects by itself. */
  supervise(onTrouble: (error: unknown) => void): void {
    this.watching = new PeriodicTask({
      everyMs: watchEveryMs,
      run: async () => {
        if (this.alive()) return;
        onTrouble(new EmbeddedError('PostgreSQL ended by itself and is started again'));
        await this.restart(onTrouble);
      },
      onError: onTrouble,
    });
    this.watching.start();
  }

  /** Closes all connections, writes a checkpoint and stops. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.watching?.stop();
    if (this.current === null) return;
    const { pid, birth } = this.current;
    signalProcess(pid, birth, 'SIGINT');
    if (await waitUntilGone(pid, stopTimeoutMs, birth)) return;
    signalProcess(pid, birth, 'SIGQUIT');
    await waitUntilGone(pid, stopTimeoutMs, birth);
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private alive(): boolean {
    return this.current !== null && processBirth(this.current.pid) === this.current.birth;
  }

  private async restart(onTrouble: (error: unknown) => void): Promise<void> {
    const { signal } = this.stopping;
    for (let pause = watchEveryMs; !this.isStopping(); pause = Math.min(2 * pause, longestPauseMs)) {
      try {
        await this.bringUp(this.port);
        return;
      } catch (error) {
        if (!this.isStopping()) onTrouble(error);
        await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }

  /** Until it answers: adopts the postmaster that runs, starts one otherwise. Returns whether it was adopted. */
  private async bringUp(port: number | null): Promise<boolean> {
    const deadline = performance.now() + startTimeoutMs;
    for (let tries = 1; ; tries++) {
      const running = findPostmaster(this.data);
      const written = logLength(this.place);
      this.current = running ?? (await launchPostmaster(this.place, this.data, port));
      this.launched();
      const reason = await this.untilReady(this.current, deadline);
      if (reason === null) return running !== null;
      const complaint = lastComplaint(this.place, written);
      // One that was adopted while it stopped has ended by itself, and is started.
      const again = running !== null || (tries < 20 && passing.test(complaint ?? ''));
      if (!again || this.alive() || performance.now() > deadline || this.isStopping())
        throw new EmbeddedError(
          `PostgreSQL did not start: ${complaint ?? reason}; see ${this.place.cluster}/postgres.log`,
        );
      await sleep(watchEveryMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** Null once it answers; otherwise why it does not and never will. */
  private async untilReady(postmaster: Postmaster, deadline: number): Promise<string | null> {
    for (;;) {
      const client = new pg.Client({
        connectionString: this.urlAt(postmaster.port),
        connectionTimeoutMillis: 20_000,
      });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return null;
      } catch (error) {
        const { code, message } = error as Error & { code?: string };
        if (code === '28P01') return 'passwords.json does not belong to this database';
        if (!this.alive()) return 'it ended';
        if (performance.now() > deadline || this.isStopping()) return message;
        await sleep(25);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }
}
