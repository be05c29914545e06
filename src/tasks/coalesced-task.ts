import { setTimeout as sleep } from 'node:timers/promises';

export interface CoalescedTaskOptions {
  /** Least milliseconds between the beginnings of two runs. */
  readonly minGapMs: number;
  readonly run: () => Promise<void>;
  /** Told why a run failed; whoever requested it is not. */
  readonly onError: (cause: unknown) => void;
}

/**
 * Work that is requested more often than it has to be done: at most one run at a time and one more after it, however many
 * requests come.
 */
export class CoalescedTask {
  private running: Promise<void> = Promise.resolve();
  private next: Promise<void> | null = null;
  private beganAt = -Infinity;
  private readonly stopping = new AbortController();

  constructor(private readonly options: CoalescedTaskOptions) {}

  /** Resolves at the end of a run that began after this request; it never rejects. */
  request(): Promise<void> {
    this.next ??= this.running.then(() => this.runAfterGap());
    return this.next;
  }

  /** No further run begins; resolves at the end of the present one. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await (this.next ?? this.running);
  }

  private async runAfterGap(): Promise<void> {
    const { signal } = this.stopping;
    const waitMs = this.beganAt + this.options.minGapMs - performance.now();
    if (waitMs > 0) await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    this.next = null;
    if (signal.aborted) return;
    this.beganAt = performance.now();
    this.running = this.options.run().catch(this.options.onError);
    await this.running;
  }
}
