import { drainTimeoutMs } from '../../config/policy/perimeter/http.js';
import { PeriodicTask } from './periodic-task.js';
import { within } from './within.js';

export interface WorkerPoolOptions<Item> {
  /** Items that are worked on at one time. */
  readonly atOnce: number;
  /** Milliseconds between two looks for work that nobody told of: while there is some, and while there is none. */
  readonly lookEveryMs: number;
  readonly idleLookEveryMs: number;
  /** Takes an item; null where there is none. */
  readonly claim: () => Promise<Item | null>;
  readonly work: (item: Item) => Promise<void>;
  /** Told why an item could not be taken or worked on; the next look comes all the same. */
  readonly onError: (cause: unknown) => void;
}

/** Takes items of a queue for as long as there are any, several at a time. */
export class WorkerPool<Item> {
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly looking: PeriodicTask;
  /** Before then, only who is told of work looks for it. */
  private restUntil = 0;
  private isStarted = false;

  constructor(private readonly options: WorkerPoolOptions<Item>) {
    this.looking = new PeriodicTask({
      everyMs: options.lookEveryMs,
      jitter: 0.2,
      run: () => {
        if (performance.now() >= this.restUntil) this.wake();
      },
      onError: options.onError,
    });
  }

  /** Aborted by `stop`. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  start(): void {
    this.isStarted = true;
    this.looking.start();
  }

  /** Begins nothing any more, and waits for what is worked on, for the time of a stop at most. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the instance stops'));
    await this.looking.stop();
    await within(Promise.allSettled(this.running), drainTimeoutMs, 'work is not done').catch(() => undefined);
  }

  /** There may be something to do. */
  wake(): void {
    if (!this.isStarted || this.signal.aborted || this.running.size >= this.options.atOnce) return;
    const worker = this.workOn()
      .catch(this.options.onError)
      .finally(() => this.running.delete(worker));
    this.running.add(worker);
  }

  /** One item after the other; where there is one, another worker looks as well. */
  private async workOn(): Promise<void> {
    while (!this.signal.aborted) {
      const item = await this.options.claim();
      if (item === null) {
        // While others work, the queue is not idle.
        if (this.running.size === 1) this.restUntil = performance.now() + this.options.idleLookEveryMs;
        return;
      }
      this.wake();
      await this.options.work(item);
    }
  }
}
