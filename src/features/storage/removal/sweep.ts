/** Something that is done again and again, by one instance at a time. */
export interface Sweep {
  /** A row of the table `sweeps`. */
  readonly name: string;
  /** Seconds from the end of a turn to the beginning of the next. */
  readonly everySeconds: number;
  /** One turn. Ends soon after `signal`, and can be broken off anywhere: what is left is found by the next. */
  run(signal: AbortSignal): Promise<void>;
}
