import { Clock } from '../../ports/clock.js';
import { Counters, type Bucket, type Decision, type Verdict } from '../../ports/counters.js';

/** Buckets held at most: `npm run bench` shows what a million of them weigh. */
const defaultCapacity = 1_000_000;
/** How many an eviction looks at: a constant price, however many there are. */
const looksPerEviction = 16;

/** A sliding window keeps the times of its hits, oldest first; a token bucket the time at which it will be full again. */
interface Entry {
  hits: number[];
  /** Where the hits begin that still count: those before have left the window. */
  head: number;
  fullAt: number;
  /** After this nothing of it counts any more. */
  expiresAt: number;
  /** Whether the last decision found it used up: such a one is never evicted. */
  usedUp: boolean;
}

/** The counters of one process. A sliding window log: exact at every edge, its memory bounded by limit × buckets. */
export class MemoryCounters extends Counters {
  private readonly entries = new Map<string, Entry>();

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
    const now = this.clock.now();
    let allowed = true;
    const verdicts: Verdict[] = [];
    for (const bucket of buckets) {
      const verdict = judge(bucket, this.entries.get(bucket.name), now);
      allowed &&= verdict.allowed;
      verdicts.push(verdict);
    }
    if (!allowed) {
      for (const [at, bucket] of buckets.entries()) this.mark(bucket.name, verdicts[at]?.allowed === false);
      return { allowed, verdicts, receipt: '' };
    }
    for (const [at, bucket] of buckets.entries()) {
      const entry = this.enter(bucket, now);
      // Nobody of those that are held may go: whoever comes now cannot be counted, and is refused.
      if (entry === null) {
        this.giveBack(buckets.slice(0, at), String(now));
        return { allowed: false, verdicts: verdicts.map(refused), receipt: '' };
      }
      const remaining = (verdicts[at]?.remaining ?? 1) - 1;
      entry.usedUp = remaining === 0;
      verdicts[at] = { allowed, remaining, resetSeconds: comesBackIn(bucket, entry, now) };
    }
    return { allowed, verdicts, receipt: String(now) };
  }

  giveBack(buckets: readonly Bucket[], receipt: string): void {
    if (receipt === '') return;
    const at = Number(receipt);
    for (const { name, strategy, limit, windowSeconds } of buckets) {
      const entry = this.entries.get(name);
      if (entry === undefined) continue;
      entry.usedUp = false;
      if (strategy === 'token_bucket') {
        entry.fullAt -= (windowSeconds * 1000) / limit;
        continue;
      }
      const place = entry.hits.lastIndexOf(at);
      if (place >= entry.head) entry.hits.splice(place, 1);
      if (entry.hits.length === entry.head) this.entries.delete(name);
    }
  }

  private mark(name: string, usedUp: boolean): void {
    const entry = this.entries.get(name);
    if (entry !== undefined && usedUp) entry.usedUp = true;
  }

  /** Adds one hit. Null when there is no room for a further bucket. */
  private enter({ name, strategy, limit, windowSeconds }: Bucket, now: number): Entry | null {
    const window = windowSeconds * 1000;
    let entry = this.entries.get(name);
    if (entry === undefined) {
      if (this.entries.size >= this.capacity && !this.makeRoom(now)) return null;
      // With its first hit in it: an array that is pushed to at once reserves seventeen places.
      entry = {
        hits: strategy === 'sliding_window' ? [now] : [],
        head: 0,
        fullAt: 0,
        expiresAt: 0,
        usedUp: false,
      };
      this.entries.set(name, entry);
    } else if (strategy === 'sliding_window') {
      entry.hits.push(now);
    }
    if (strategy === 'token_bucket') entry.fullAt = Math.max(entry.fullAt, now) + window / limit;
    entry.expiresAt = now + window;
    return entry;
  }

  /** Looks at a few of the oldest: expired ones go, else the one whose loss lets least through; used up ones stay. */
  private makeRoom(now: number): boolean {
    const oldest: [string, Entry][] = [];
    for (const entry of this.entries) if (oldest.push(entry) === looksPerEviction) break;
    const living = oldest.filter(([, entry]) => entry.expiresAt > now);
    const [least] = living
      .filter(([, entry]) => !entry.usedUp)
      .sort(([, one], [, other]) => countOf(one) - countOf(other));
    const loser = living.length === oldest.length ? least : undefined;
    // Those that stay queue up anew, so that the next eviction looks at others.
    for (const [name] of oldest) this.entries.delete(name);
    for (const entry of living) if (entry !== loser) this.entries.set(...entry);
    return this.entries.size < this.capacity;
  }
}

function judge({ strategy, limit, windowSeconds }: Bucket, entry: Entry | undefined, now: number): Verdict {
  const window = windowSeconds * 1000;
  if (entry === undefined) return { allowed: limit > 0, remaining: limit, resetSeconds: windowSeconds };
  if (strategy === 'token_bucket') {
    const each = window / limit;
    const owed = Math.max(entry.fullAt, now) - now;
    const remaining = Math.max(0, Math.floor((window - owed) / each));
    return { allowed: remaining > 0, remaining, resetSeconds: wholeSeconds(owed + each - window) };
  }
  forget(entry, now - window);
  const { hits, head } = entry;
  const count = hits.length - head;
  const remaining = Math.max(0, limit - count);
  // With a limit that was lowered meanwhile more than one has to leave before there is room.
  const decisive = hits[head + Math.max(0, count - limit)] ?? now;
  return { allowed: remaining > 0, remaining, resetSeconds: wholeSeconds(decisive + window - now) };
}

function comesBackIn({ strategy, limit, windowSeconds }: Bucket, entry: Entry, now: number): number {
  if (strategy === 'token_bucket') {
    const each = (windowSeconds * 1000) / limit;
    return wholeSeconds((entry.fullAt - now) % each || each);
  }
  return wholeSeconds((entry.hits[entry.head] ?? now) + windowSeconds * 1000 - now);
}

const countOf = ({ hits, head }: Entry): number => hits.length - head;

/** Passes over what is as old as `since`; the array is cut only when half of it is that, so a hit costs the same at any limit. */
function forget(entry: Entry, since: number): void {
  const { hits } = entry;
  for (let at = hits[entry.head]; at !== undefined && at <= since; at = hits[entry.head]) entry.head++;
  if (entry.head > 16 && entry.head * 2 > hits.length) {
    entry.hits = hits.slice(entry.head);
    entry.head = 0;
  }
}

const wholeSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

const refused = (): Verdict => ({ allowed: false, remaining: 0, resetSeconds: 1 });
