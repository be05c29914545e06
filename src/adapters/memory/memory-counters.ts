import { Clock } from '../../ports/clock.js';
import { Counters, type CounterLimit, type Verdict } from '../../ports/counters.js';

/** Buckets held at most; beyond, expired ones go first, then the emptiest of the oldest. */
const maxBuckets = 100_000;

interface Bucket {
  /** Times of the counted hits, oldest first: never more than the limit. */
  readonly hits: number[];
  expiresAt: number;
}

/** A sliding window log: exact at every edge, its memory bounded by limit × buckets. */
export class MemoryCounters extends Counters {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly clock: Clock) {
    super();
  }

  take(name: string, { limit, windowSeconds }: CounterLimit): Promise<Verdict> {
    const now = this.clock.now();
    const window = windowSeconds * 1000;
    const bucket = this.buckets.get(name) ?? { hits: [], expiresAt: 0 };
    while (bucket.hits[0] !== undefined && bucket.hits[0] <= now - window) bucket.hits.shift();
    const allowed = bucket.hits.length < limit;
    if (allowed) {
      bucket.hits.push(now);
      bucket.expiresAt = now + window;
      if (!this.buckets.has(name)) this.makeRoom(now);
      this.buckets.set(name, bucket);
    }
    const oldest = bucket.hits[0] ?? now;
    return Promise.resolve({
      allowed,
      remaining: limit - bucket.hits.length,
      resetSeconds: Math.max(1, Math.ceil((oldest + window - now) / 1000)),
    });
  }

  giveBack(name: string): Promise<void> {
    const bucket = this.buckets.get(name);
    bucket?.hits.pop();
    if (bucket?.hits.length === 0) this.buckets.delete(name);
    return Promise.resolve();
  }

  private makeRoom(now: number): void {
    if (this.buckets.size < maxBuckets) return;
    let emptiest: string | null = null;
    let fewest = Infinity;
    let looked = 0;
    for (const [name, bucket] of this.buckets) {
      if (bucket.expiresAt <= now) {
        this.buckets.delete(name);
        if (this.buckets.size < maxBuckets * 0.9) return;
      } else if (bucket.hits.length < fewest && looked++ < 1000) {
        // The bucket with most left to give is the one whose loss lets least through.
        emptiest = name;
        fewest = bucket.hits.length;
      }
    }
    if (this.buckets.size >= maxBuckets && emptiest !== null) this.buckets.delete(emptiest);
  }
}
