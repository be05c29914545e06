/**
 * How hits are counted. `sliding_window`: at most `limit` hits in any span of the window's length. `token_bucket`: `limit`
 * hits at once, refilled evenly over the window (GCRA).
 */
export type Strategy = 'sliding_window' | 'token_bucket';

/** One thing that is counted. */
export interface Bucket {
  /** The rule and who: names of our making, at most 400 characters. */
  readonly name: string;
  readonly strategy: Strategy;
  readonly limit: number;
  readonly windowSeconds: number;
  /**
   * What holds while the shared counters are away. `exact`: the database counts, and the limit stays what it is.
   * `share`: each instance counts its share of the limit in memory.
   */
  readonly whenAway: 'exact' | 'share';
}

export interface Verdict {
  /** Whether this bucket, looked at alone, has room. */
  readonly allowed: boolean;
  /** How many more would pass now. */
  readonly remaining: number;
  /** Whole seconds, at least 1: until there is room again when there is none, else until something comes back. */
  readonly resetSeconds: number;
}

export interface Decision {
  /** Every bucket had room, and a hit stands in each; or nothing was taken from any. */
  readonly allowed: boolean;
  /** One for each bucket, in their order. */
  readonly verdicts: readonly Verdict[];
  /** Names the hits, for giving them back. Empty when nothing was taken. */
  readonly receipt: string;
}

/** Counters that every instance shares. */
export abstract class Counters {
  /** Checks all buckets, then takes one hit from each or none from any: one decision, whatever runs beside it. */
  abstract take(buckets: readonly Bucket[]): Decision | Promise<Decision>;
  /** Gives back what a decision took, once. What has left its window by now, or is not known any more, is no error. */
  abstract giveBack(buckets: readonly Bucket[], receipt: string): void | Promise<void>;
}

/** Whether the counters that instances share are there. Where one instance counts alone, nothing can be away. */
export abstract class CounterHealth {
  abstract isUp(): boolean;
  /** Tells of each change. Who begins to listen while they are away is told so at once. */
  abstract listen(listener: (up: boolean) => void): void;
}
