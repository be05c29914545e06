import { setImmediate, setTimeout } from 'node:timers/promises';
import { uploadPacePolicy } from '../../../config/policy/generations/uploads.js';
import { Problem } from '../../errors/problem.js';

/**
 * Holds the sender of one body to a least speed. Only the time counts in which the sender is waited for: whoever is kept waiting by the
 * service, which stores what came, is not slow.
 */
export class BodyPace {
  private waitedMs = 0;
  private bytes = 0;

  constructor(
    private readonly pace: { readonly windowMs: number; readonly leastBytes: number } = uploadPacePolicy,
  ) {}

  /**
   * The same pieces, as they come; those that are no bytes count nothing.
   * @throws Problem `request_timeout` once a window has passed in waiting and brought fewer than the least bytes; what `source` throws
   */
  async *of<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = source[Symbol.asyncIterator]();
    let isWaiting = false;
    try {
      for (;;) {
        isWaiting = true;
        const step: IteratorResult<T, unknown> = await this.wait(iterator.next());
        isWaiting = false;
        if (step.done === true) return;
        const { value } = step;
        if (value instanceof Uint8Array) this.bytes += value.length;
        yield value;
      }
    } finally {
      // One that has not answered yet would be waited for.
      if (!isWaiting) await iterator.return?.();
    }
  }

  private async wait<T>(next: Promise<T>): Promise<T> {
    // It may fail when nobody waits for it any more.
    next.catch(() => undefined);
    for (;;) {
      const since = performance.now();
      const came = next.then((value) => ({ value }));
      const timer = new AbortController();
      const first = await Promise.race([
        came,
        elapsed(this.pace.windowMs - this.waitedMs, timer.signal),
      ]).finally(() => {
        timer.abort();
      });
      this.waitedMs += performance.now() - since;
      if (first !== null) return first.value;
      if (this.bytes < this.pace.leastBytes)
        throw new Problem('request_timeout', { headers: { connection: 'close' } });
      this.waitedMs = 0;
      this.bytes = 0;
    }
  }
}

/** Null after that time, and after what came meanwhile was read: a process that stood still has bytes that it has not seen. */
async function elapsed(ms: number, signal: AbortSignal): Promise<null> {
  try {
    await setTimeout(Math.max(1, ms), null, { signal });
    return await setImmediate(null);
  } catch {
    return null;
  }
}
