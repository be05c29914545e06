export interface CounterLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Seconds until the oldest counted hit leaves the window: for a refused caller, how long to wait. */
  readonly resetSeconds: number;
}

/** Counters that every instance shares. */
export abstract class Counters {
  /** Takes one from `bucket` if the limit allows it; a refused call takes nothing. */
  abstract take(bucket: string, limit: CounterLimit): Promise<Verdict>;
  /** Gives the latest hit back. */
  abstract giveBack(bucket: string): Promise<void>;
}
