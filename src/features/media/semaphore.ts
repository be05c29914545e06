import { MediaBusy } from './media-refused.js';

/** A number of places, taken in the order of asking. */
export class Semaphore {
  private free: number;
  private readonly queue: (() => void)[] = [];

  constructor(
    count: number,
    /** How many may wait for a place. */
    private readonly waiting: number,
  ) {
    this.free = count;
  }

  /**
   * Does the work in a place of its own, and gives the place back however the work ends.
   * @throws MediaBusy when too many wait already; the signal's reason when it is aborted before the work begins
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

  /** The place goes to whoever waits longest, without ever being free in between. */
  private leave(): void {
    const next = this.queue.shift();
    if (next === undefined) this.free += 1;
    else next();
  }
}
