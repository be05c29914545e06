/**
 * How hits are counted. `sliding_window`: at most `limit` hits in any span of the window's length. `token_bucket`: `limit`
 * hits at once, refilled evenly over the window (GCRA).
 */
export type Strategy = 'sliding_window' | 'token_bucket';

/** One counted key with its limit. */
export interface Bucket {
  /** Rule and key: names made by this service, at most 400 characters. */
  readonly name: string;
  readonly strategy: Strategy;
  readonly limit: number;
  readonly windowSeconds: number;
  /**
   * Fallback while the shared counters are unavailable. `exact`: the database counts, and the limit stays the same.
   * `share`: each instance counts its share of the limit in memory.
   */
  readonly whenAway: 'exact' | 'share';
}

export interface Verdict {
  /** Whether this bucket by itself has room. */
  readonly allowed: boolean;
  /** Number of further hits that would pass now. */
  readonly remaining: number;
  /**
   * Whole seconds, at least 1: until there is room when there is none, else until a hit expires or a token is refilled.
   */
  readonly resetSeconds: number;
}

export interface Decision {
  /** True: every bucket had room, and a hit was taken in each. False: no hit was taken in any. */
  readonly allowed: boolean;
  /** One for each bucket, in their order. */
  readonly verdicts: readonly Verdict[];
  /** Identifies the hits, to give them back. Empty when none was taken. */
  readonly receipt: string;
}

/** Rate limit counters, shared by every instance. */
export abstract class Counters {
  /** Checks all buckets, then takes one hit in each or in none: atomic under concurrency. */
  abstract take(buckets: readonly Bucket[]): Decision | Promise<Decision>;
  /** Gives back what a decision took, once. A hit that has expired or is unknown is no error. */
  abstract giveBack(buckets: readonly Bucket[], receipt: string): void | Promise<void>;
}

/** Availability of the shared counters. Always up where one instance counts alone. */
export abstract class CounterHealth {
  abstract isUp(): boolean;
  /** Calls `listener` at each change, and at once when they are unavailable now. */
  abstract listen(listener: (up: boolean) => void): void;
}
