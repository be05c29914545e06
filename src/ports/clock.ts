/** Time, injected so that tests can set it. */
export abstract class Clock {
  /** The present moment: milliseconds since the epoch. It may jump when the machine's clock is set. */
  abstract now(): number;
  /** For durations within this process: whole milliseconds that never jump, since a moment of its start. */
  abstract monotonic(): number;
}
