import { Clock } from '../../ports/clock.js';
import { Counters, type CounterLimit, type Verdict } from '../../ports/counters.js';

/** Buckets held at most: under 100 MB when each is full. */
const maxBuckets = 100_000;
/** How many an eviction looks at: a constant price, however many there are. */
const looksPerEviction = 16;

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

  /** Looks at a few of the oldest: expired ones go, else the one whose loss lets least through; the rest queue up anew. */
  private makeRoom(now: number): void {
    if (this.buckets.size < maxBuckets) return;
    const oldest: [string, Bucket][] = [];
    for (const entry of this.buckets) if (oldest.push(entry) === looksPerEviction) break;
    const living = oldest
      .filter(([, bucket]) => bucket.expiresAt > now)
      .sort(([, a], [, b]) => a.hits.length - b.hits.length);
    for (const [name] of oldest) this.buckets.delete(name);
    const kept = living.length === oldest.length ? living.slice(1) : living;
    for (const [name, bucket] of kept) this.buckets.set(name, bucket);
  }
}
