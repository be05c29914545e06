import { type CounterHealth, Counters, type Bucket, type Decision } from '../ports/counters.js';

/** Milliseconds from a failure of the shared counters to the first probe, and between probes. */
const probeAfterMs = 1000;

/** A decision that limits no client: unlike a ping, its answer shows that decisions are made. */
const probe: Bucket = {
  name: 'probe',
  strategy: 'sliding_window',
  limit: 1,
  windowSeconds: 1,
  whenAway: 'share',
};

export interface Stores {
  /** Counts for all instances. */
  readonly shared: Counters;
  /** Counts for all instances too, but is more expensive. */
  readonly exact: Counters;
  /** Counts for this instance only. */
  readonly own: Counters;
}

/** By the first letter of a receipt: which store took the hits. */
const stores = { s: 'shared', e: 'exact', o: 'own' } as const satisfies Record<string, keyof Stores>;

/**
 * Uses the shared counters; while they are unavailable, `exact` buckets count in the database, the rest in memory by
 * this instance's share. One failed request marks them as unavailable; after that only a probe tests them.
 */
export class FallbackCounters extends Counters implements CounterHealth {
  private readonly listeners: ((up: boolean) => void)[] = [];
  private up = true;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly stores: Stores,
    private readonly instances: number,
    private readonly onTrouble: (cause: unknown) => void,
  ) {
    super();
  }

  /** Tests whether the shared counters are available. Never rejects: without them the fallback counts. */
  async open(): Promise<void> {
    await this.askAgain();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  isUp(): boolean {
    return this.up;
  }

  listen(listener: (up: boolean) => void): void {
    this.listeners.push(listener);
    if (!this.up) listener(false);
  }

  take(buckets: readonly Bucket[]): Decision | Promise<Decision> {
    return this.up ? this.takeShared(buckets) : this.takeAlone(buckets);
  }

  /** A request never fails because hits cannot be given back: they expire by themselves. */
  async giveBack(buckets: readonly Bucket[], receipt: string): Promise<void> {
    const store = stores[receipt.slice(0, 1) as keyof typeof stores] as keyof Stores | undefined;
    if (store === undefined || (store === 'shared' && !this.up)) return;
    try {
      await this.stores[store].giveBack(store === 'own' ? this.sharesOf(buckets) : buckets, receipt.slice(1));
    } catch (cause) {
      if (store === 'shared') this.goAway(cause);
      else this.onTrouble(cause);
    }
  }

  private async takeShared(buckets: readonly Bucket[]): Promise<Decision> {
    try {
      return signed('s', await this.stores.shared.take(buckets));
    } catch (cause) {
      this.goAway(cause);
      return this.takeAlone(buckets);
    }
  }

  private takeAlone(buckets: readonly Bucket[]): Decision | Promise<Decision> {
    if (buckets.some(({ whenAway }) => whenAway === 'exact')) return this.takeExact(buckets);
    const decision = this.stores.own.take(this.sharesOf(buckets));
    return decision instanceof Promise ? decision.then((made) => signed('o', made)) : signed('o', decision);
  }

  private async takeExact(buckets: readonly Bucket[]): Promise<Decision> {
    return signed('e', await this.stores.exact.take(buckets));
  }

  private sharesOf(buckets: readonly Bucket[]): Bucket[] {
    return buckets.map((bucket) => ({
      ...bucket,
      limit: Math.max(1, Math.ceil(bucket.limit / this.instances)),
    }));
  }

  /** Of concurrent failures only the first is reported. */
  private goAway(cause: unknown): void {
    this.onTrouble(cause);
    if (this.up) this.turn(false);
  }

  private turn(up: boolean): void {
    this.up = up;
    for (const listener of this.listeners) listener(up);
    if (up || this.closed) return;
    this.waitAndAsk();
  }

  private waitAndAsk(): void {
    this.timer = setTimeout(() => void this.askAgain(), probeAfterMs);
    this.timer.unref();
  }

  private async askAgain(): Promise<void> {
    try {
      await this.stores.shared.take([probe]);
      if (!this.up && !this.closed) this.turn(true);
    } catch (cause) {
      if (this.closed) return;
      if (this.up) this.goAway(cause);
      else this.waitAndAsk();
    }
  }
}

const signed = (letter: keyof typeof stores, decision: Decision): Decision =>
  decision.receipt === '' ? decision : { ...decision, receipt: letter + decision.receipt };
