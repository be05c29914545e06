import { MediaBusy } from './media-busy.js';

/** A fair semaphore: places are taken in the order of the calls. */
export class Semaphore {
  private free: number;
  private readonly queue: (() => void)[] = [];

  constructor(
    count: number,
    /** The most callers that may wait for a place. */
    private readonly waiting: number,
  ) {
    this.free = count;
  }

  /**
   * Runs `work` in a place, and releases the place when it settles.
   * @throws MediaBusy when the queue is full; the signal's reason when it is aborted before the work begins
   */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.take(signal);
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.free > 0) {
      this.free -= 1;
      return Promise.resolve();
    }
    if (this.queue.length >= this.waiting) return Promise.reject(new MediaBusy());
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.queue.splice(this.queue.indexOf(enter), 1);
        reject(signal.reason instanceof Error ? signal.reason : new Error('given up'));
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.queue.push(enter);
    });
  }

  /** Passes the place to the longest waiting caller directly, so that no new caller can take it in between. */
  private leave(): void {
    const next = this.queue.shift();
    if (next === undefined) this.free += 1;
    else next();
  }
}
