import type { FailureCode } from '../../ports/generation-provider.js';
import type { Clock } from '../../ports/clock.js';

/** Ended jobs that are kept. */
export const MAX_ENDED = 32;
/** Bytes of their pictures. */
const MAX_ENDED_BYTES = 64 * 1024 * 1024;
/** Milliseconds for which an ended job is kept. */
export const ENDED_AGE = 600_000;

/** The outcome of a picture. */
export type CanvasEnd =
  | { readonly state: 'finished'; readonly png: Uint8Array }
  | { readonly state: 'failed'; readonly code: FailureCode };

interface Kept {
  readonly end: CanvasEnd;
  readonly at: number;
}

/** Outcomes of the latest pictures, by generation id; the oldest are evicted first. */
export class EndedJobs {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {}

  get(id: string): CanvasEnd | null {
    this.forget();
    return this.kept.get(id)?.end ?? null;
  }

  add(id: string, end: CanvasEnd): void {
    this.kept.delete(id);
    this.kept.set(id, { end, at: this.clock.monotonic() });
    this.forget();
  }

  private forget(): void {
    const now = this.clock.monotonic();
    let [count, bytes] = [this.kept.size, 0];
    for (const { end } of this.kept.values()) bytes += bytesOf(end);
    for (const [id, { end, at }] of this.kept) {
      if (count <= MAX_ENDED && bytes <= MAX_ENDED_BYTES && now - at <= ENDED_AGE) break;
      this.kept.delete(id);
      count -= 1;
      bytes -= bytesOf(end);
    }
  }
}

const bytesOf = (end: CanvasEnd): number => (end.state === 'finished' ? end.png.byteLength : 0);
