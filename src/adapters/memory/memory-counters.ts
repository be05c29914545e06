import { Clock } from '../../ports/clock.js';
import { Counters, type Bucket, type Decision, type Verdict } from '../../ports/counters.js';

/** Buckets held at most: `npm run bench` shows the memory of a million. */
const defaultCapacity = 1_000_000;
/** Buckets that an eviction examines: constant cost at any size. */
const looksPerEviction = 16;
/** Milliseconds between two decisions at the same time. A power of two, so that sums of times stay exact. */
const tick = 1 / 1024;

interface Entry {
  /**
   * Times of its hits, oldest first, each of one decision. For a token bucket those of tokens not yet refilled, and
   * last the time at which the bucket is full.
   */
  readonly times: number[];
  readonly windowSeconds: number;
  /** Whether the last decision found it exhausted: such a bucket is never evicted. */
  usedUp: boolean;
}

/** The counters of one process. A log of hits: exact at every edge, its memory bounded by limit × buckets. */
export class MemoryCounters extends Counters {
  private readonly entries = new Map<string, Entry>();
  private latest = 0;

  constructor(
    private readonly clock: Clock,
    private readonly capacity = defaultCapacity,
  ) {
    super();
  }

  get size(): number {
    return this.entries.size;
  }

  take(buckets: readonly Bucket[]): Decision {
    const now = this.clock.monotonic();
    let allowed = true;
    const verdicts: Verdict[] = [];
    for (const bucket of buckets) {
      const verdict = judge(bucket, this.entries.get(bucket.name), now);
      allowed &&= verdict.allowed;
      verdicts.push(verdict);
    }
    if (!allowed) {
      for (let at = 0; at < buckets.length; at++)
        if (verdicts[at]?.allowed === false) this.mark(buckets[at]?.name ?? '');
      return { allowed, verdicts, receipt: '' };
    }
    const hit = this.stamp(now);
    for (let at = 0; at < buckets.length; at++) {
      const bucket = buckets[at];
      if (bucket === undefined) continue;
      const entry = this.enter(bucket, hit, now);
      // No bucket can be evicted: the request cannot be counted, and is refused.
      if (entry === null) {
        this.giveBack(buckets.slice(0, at), String(hit));
        return { allowed: false, verdicts: verdicts.map(refused), receipt: '' };
      }
      const { remaining, resetSeconds } = judge(bucket, entry, now);
      entry.usedUp = remaining === 0;
      verdicts[at] = { allowed, remaining, resetSeconds };
    }
    return {
      allowed,
      verdicts,
      // Lazy: only few receipts are given back.
      get receipt() {
        return String(hit);
      },
    };
  }

  giveBack(buckets: readonly Bucket[], receipt: string): void {
    if (receipt === '') return;
    const hit = Number(receipt);
    for (const bucket of buckets) {
      const entry = this.entries.get(bucket.name);
      if (entry === undefined) continue;
      if (bucket.strategy === 'token_bucket') refill(bucket, entry.times, this.clock.monotonic());
      const place = entry.times.indexOf(hit);
      if (place === -1) continue;
      if (bucket.strategy === 'token_bucket') {
        // The last entry is no hit, though it may be the same number.
        if (place === entry.times.length - 1) continue;
        entry.times.splice(place, 1);
        returnToken(bucket, entry.times, place, this.clock.monotonic());
      } else if (entry.times.length === 1) this.entries.delete(bucket.name);
      else entry.times.splice(place, 1);
      entry.usedUp = false;
    }
  }

  /** Unique, so that a receipt identifies the hits of one decision. */
  private stamp(now: number): number {
    this.latest = now > this.latest ? now : this.latest + tick;
    return this.latest;
  }

  private mark(name: string): void {
    const entry = this.entries.get(name);
    if (entry !== undefined) entry.usedUp = true;
  }

  /** Adds one hit. Null when there is no room for a further bucket. */
  private enter(bucket: Bucket, hit: number, now: number): Entry | null {
    const { name, strategy, windowSeconds } = bucket;
    let entry = this.entries.get(name);
    if (entry === undefined) {
      if (this.entries.size >= this.capacity && !this.makeRoom(now)) return null;
      // Created with its first hit: a push to an empty array would reserve seventeen places.
      entry = {
        times: strategy === 'sliding_window' ? [hit] : [hit, now + eachOf(bucket)],
        windowSeconds,
        usedUp: false,
      };
      this.entries.set(compact(name), entry);
    } else if (strategy === 'sliding_window') {
      entry.times.push(hit);
    } else {
      const fullAt = entry.times.pop() ?? now;
      entry.times.push(hit, Math.max(fullAt, now) + eachOf(bucket));
    }
    return entry;
  }

  /**
   * Examines a few of the oldest: evicts expired ones, else the one whose loss admits the fewest hits; exhausted ones
   * stay.
   */
  private makeRoom(now: number): boolean {
    const oldest: [string, Entry][] = [];
    for (const entry of this.entries) if (oldest.push(entry) === looksPerEviction) break;
    const living = oldest.filter(([, entry]) => !hasExpired(entry, now));
    const [least] = living
      .filter(([, entry]) => !entry.usedUp)
      .sort(([, one], [, other]) => one.times.length - other.times.length);
    const loser = living.length === oldest.length ? least : undefined;
    // Those that stay move to the end, so that the next eviction examines others.
    for (const [name] of oldest) this.entries.delete(name);
    for (const entry of living) if (entry !== loser) this.entries.set(...entry);
    return this.entries.size < this.capacity;
  }
}

function judge(bucket: Bucket, entry: Entry | undefined, now: number): Verdict {
  const { strategy, limit, windowSeconds } = bucket;
  if (strategy === 'token_bucket') return judgeTokens(bucket, entry?.times, now);
  if (entry === undefined) return { allowed: limit > 0, remaining: limit, resetSeconds: windowSeconds };
  const window = windowSeconds * 1000;
  const { times } = entry;
  while (times[0] !== undefined && times[0] <= now - window) times.shift();
  const remaining = Math.max(0, limit - times.length);
  // After the limit was lowered, several hits have to expire before there is room.
  const decisive = times[Math.max(0, times.length - limit)] ?? now;
  return { allowed: remaining > 0, remaining, resetSeconds: wholeSeconds(decisive + window - now) };
}

function judgeTokens(bucket: Bucket, times: number[] | undefined, now: number): Verdict {
  const each = eachOf(bucket);
  if (times !== undefined) refill(bucket, times, now);
  const owed = Math.max(0, (times?.at(-1) ?? now) - now);
  const remaining = Math.max(0, bucket.limit - Math.ceil(owed / each));
  const wait = remaining === 0 ? owed + each - bucket.limit * each : owed % each || each;
  return { allowed: remaining > 0, remaining, resetSeconds: wholeSeconds(wait) };
}

/** Removes the hits whose tokens have been refilled. */
function refill(bucket: Bucket, times: number[], now: number): void {
  const fullAt = times.at(-1) ?? now;
  const outstanding = Math.max(0, Math.ceil((fullAt - now) / eachOf(bucket)));
  while (times.length - 1 > outstanding) times.shift();
}

/** Of a partly refilled token only the missing part can be returned. `place`: index of the removed hit. */
function returnToken(bucket: Bucket, times: number[], place: number, now: number): void {
  const each = eachOf(bucket);
  const fullAt = times.pop() ?? now;
  const behind = times.length - place;
  times.push(fullAt - Math.min(each, Math.max(0, fullAt - behind * each - now)));
}

/** Milliseconds until one token is refilled, rounded up so that a window never gives more than its limit. */
const eachOf = ({ windowSeconds, limit }: Bucket): number =>
  Math.ceil((windowSeconds * 1000) / limit / tick) * tick;

/** Whether nothing of it counts any more; a token bucket is full one window after its last hit. */
const hasExpired = ({ times, windowSeconds }: Entry, now: number): boolean =>
  (times.at(-1) ?? 0) + windowSeconds * 1000 <= now;

/** A flat copy: a concatenated string keeps all of its parts in memory. */
const compact = (name: string): string => JSON.parse(JSON.stringify(name)) as string;

const wholeSeconds = (ms: number): number => Math.max(1, Math.ceil(Math.floor(ms) / 1000));

const refused = (): Verdict => ({ allowed: false, remaining: 0, resetSeconds: 1 });
