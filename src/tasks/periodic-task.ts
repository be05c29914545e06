import { setTimeout as sleep } from 'node:timers/promises';
import { drainTimeoutMs } from '../../config/policy/perimeter/http.js';

export interface PeriodicTaskOptions {
  /** Milliseconds from the end of one run to the beginning of the next. */
  readonly everyMs: number;
  /** Share of `everyMs` by which a wait is shorter or longer, so that instances that start together do not run together. */
  readonly jitter?: number;
  /** One run; ends soon after `signal` is aborted. */
  readonly run: (signal: AbortSignal) => Promise<void> | void;
  /** Told why a run failed; the next one comes all the same. */
  readonly onError: (cause: unknown) => void;
}

/** Work that is done every so often in the background: one run at a time, and never a reason for the process to stay alive. */
export class PeriodicTask {
  private stopping: AbortController | null = null;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly options: PeriodicTaskOptions) {}

  /** The first run comes after the first wait. A task that was started once, or stopped, is not started again. */
  start(): void {
    if (this.stopping !== null) return;
    this.stopping = new AbortController();
    this.loop = this.repeat(this.stopping.signal);
  }

  /** Aborts a run under way and waits for its end, at most `withinMs`, so that one that hangs does not stop a shutdown. */
  async stop(withinMs = drainTimeoutMs): Promise<void> {
    this.stopping ??= new AbortController();
    this.stopping.abort(new Error('the task was stopped'));
    const waiting = new AbortController();
    await Promise.race([
      this.loop,
      sleep(withinMs, undefined, { signal: waiting.signal }).catch(() => undefined),
    ]);
    waiting.abort();
  }

  private async repeat(signal: AbortSignal): Promise<void> {
    const { everyMs, jitter = 0, run, onError } = this.options;
    for (;;) {
      const waitMs = everyMs * (1 - jitter + 2 * jitter * Math.random());
      await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await run(signal);
      } catch (cause) {
        onError(cause);
      }
    }
  }
}
