/** The time, injected so that tests can turn it. */
export abstract class Clock {
  /** Milliseconds since the epoch. */
  abstract now(): number;
}
