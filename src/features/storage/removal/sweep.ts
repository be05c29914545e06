/** A periodic task that one instance runs at a time. */
export interface Sweep {
  /** A row of the table `sweeps`. */
  readonly name: string;
  /** Seconds from the end of a run to the beginning of the next. */
  readonly everySeconds: number;
  /** One run. Ends soon after `signal`, and may be aborted at any point: the next run finds what is left. */
  run(signal: AbortSignal): Promise<void>;
}
